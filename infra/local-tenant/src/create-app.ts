import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { createControlRoom } from './control-room/control-room.ts';
import { controlRoomApi } from './control-room/control-room-api.ts';
import { onlyThisSite } from './control-room/only-this-site.ts';
import { recordRequests } from './control-room/record-requests.ts';
import { createEntra } from './entra/entra.ts';
import type { EntraServices } from './entra/entra-services.ts';
import { notFoundPage } from './entra/pages/error-page.ts';
import { sendPage } from './entra/pages/page.ts';
import { createGraphTokenVerifier } from './entra/tokens/verify-graph-token.ts';
import { createGraph } from './graph/graph.ts';
import { createSwitches } from './switches/switches.ts';
import { createCollector } from './traces/collector.ts';
import { traceRequestsInto } from './traces/request-span.ts';

/**
 * Creates the tenant's HTTP app for one origin: Entra ID, Microsoft Graph, the control room and the switches.
 *
 * @param traceRequests Runs first for every request; see `startTracing`. Without it, they are recorded for the control room.
 */
export function createApp(entra: EntraServices, traceRequests: RequestHandler | undefined): Express {
  const { baseUrl, directory, now } = entra;
  const app = express();
  app.disable('x-powered-by');
  app.use(traceRequests ?? traceRequestsInto(entra.traces));
  app.use(onlyOwnNames(entra));
  app.get('/readyz', (_request, response) => {
    response.json({ status: 'ready' });
  });
  app.get('/devicelogin', (_request, response) => response.redirect('/common/oauth2/deviceauth'));
  app.use(createControlRoom(), createCollector(entra));
  app.use(recordRequests(entra));
  app.use('/local-tenant', onlyThisSite, controlRoomApi(entra), createSwitches(entra));
  app.use(
    '/graph',
    createGraph({
      directory,
      verifyGraphToken: createGraphTokenVerifier(entra),
      subjectOf: entra.secrets.pairwiseSubject,
      baseUrl,
      now,
      throttling: entra.graphThrottling,
    }),
  );
  app.use('/:tenant', createEntra(entra));
  app.use((_request, response) => sendPage(response, 404, notFoundPage));
  app.use(unexpectedErrorHandler(entra));
  return app;
}

/** Names of this machine. A page elsewhere can have its own name resolve to it, but not one of these. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Answers 421 to requests for a host name that is not the tenant's (RFC 9110 §15.5.20). Without this, a page on the
 * Internet could use the tenant as its own origin, by DNS rebinding.
 */
const onlyOwnNames =
  ({ origins, signInUrl }: EntraServices): RequestHandler =>
  (request, response, next) => {
    const names = [...loopbackNames, ...[...origins, signInUrl].map((origin) => new URL(origin).hostname)];
    if (names.includes(request.hostname?.toLowerCase())) return next();
    response.status(421).json({
      error: 'misdirected_request',
      error_description: `The local tenant answers only to its own host names: ${[...new Set(names)].join(', ')}.`,
    });
  };

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
