import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { createEntra } from './entra/entra.ts';
import type { EntraServices } from './entra/entra-services.ts';
import { notFoundPage } from './entra/pages/error-page.ts';
import { sendPage } from './entra/pages/page.ts';
import { createGraphTokenVerifier } from './entra/tokens/verify-graph-token.ts';
import { createGraph } from './graph/graph.ts';
import { createSwitches } from './switches/switches.ts';

/**
 * Creates the tenant's HTTP app for one origin: Entra ID, Microsoft Graph, and the switches.
 *
 * @param traceRequests Runs first for every request; see `startTracing`.
 */
export function createApp(entra: EntraServices, traceRequests: RequestHandler | undefined): Express {
  const { baseUrl, directory, now } = entra;
  const app = express();
  app.disable('x-powered-by');
  if (traceRequests) app.use(traceRequests);
  app.get('/readyz', (_request, response) => {
    response.json({ status: 'ready' });
  });
  app.get('/devicelogin', (_request, response) => response.redirect('/common/oauth2/deviceauth'));
  app.use('/local-tenant', createSwitches(entra));
  app.use(
    '/graph',
    createGraph({
      directory,
      verifyGraphToken: createGraphTokenVerifier(entra),
      subjectOf: entra.secrets.pairwiseSubject,
      baseUrl,
      now,
    }),
  );
  app.use('/:tenant', createEntra(entra));
  app.use((_request, response) => sendPage(response, 404, notFoundPage));
  app.use(unexpectedErrorHandler(entra));
  return app;
}

/** Answers 4xx for a body that cannot be read, and 500 without details for anything else. */
const unexpectedErrorHandler =
  ({ log }: EntraServices): ErrorRequestHandler =>
  (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status =
      error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
    const isOurs = status < 400 || status > 499;
    if (isOurs)
      log({ type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : 'unknown' });
    const description = isOurs
      ? 'Unexpected error in the local tenant. See its log.'
      : 'The request could not be read.';
    response
      .status(isOurs ? 500 : status)
      .json({ error: isOurs ? 'server_error' : 'invalid_request', error_description: description });
  };
