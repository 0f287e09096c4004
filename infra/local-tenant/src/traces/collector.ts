import express, { type ErrorRequestHandler, type RequestHandler, type Response, type Router } from 'express';
import type { EntraServices } from '../entra/entra-services.ts';
import { hasRegisteredOrigin } from '../entra/token/token-cors.ts';
import { readSpans, type Span } from './read-spans.ts';

/**
 * Receives traces at `POST /v1/traces` (OTLP over HTTP, in JSON), for the control room. Pages may send theirs if their
 * origin is that of a registered `spa` redirect URI.
 */
export function createCollector(entra: EntraServices): Router {
  const router = express.Router();
  router.use('/v1/traces', onlyKnownPages(entra), express.json({ limit: '1mb' }));
  router.post('/v1/traces', (request, response) => {
    if (!request.is('application/json'))
      return reject(response, 415, 'Send OTLP as JSON, with Content-Type: application/json.');
    const spans = readSpans(request.body);
    if (!spans) return reject(response, 400, 'The body is not an ExportTraceServiceRequest in JSON.');
    const rejected = entra.traces.add(spans.filter((span) => !isPreflight(span)));
    response.json(
      rejected === 0
        ? {}
        : {
            partialSuccess: {
              rejectedSpans: String(rejected),
              errorMessage: 'The trace has too many spans.',
            },
          },
    );
  });
  router.use('/v1/traces', unreadable);
  return router;
}

/** A browser sends preflight requests by itself, outside of the trace of the request that follows. */
const isPreflight = ({ name, parentSpanId }: Span): boolean =>
  name === 'OPTIONS' && parentSpanId === undefined;

/** Answers with a `google.rpc.Status` (OTLP specification, "Failures"); 3 is `INVALID_ARGUMENT`. */
const reject = (response: Response, status: number, message: string): void =>
  void response.status(status).json({ code: 3, message });

/** Allows pages of registered origins to send traces (CORS), and rejects those of other pages. */
function onlyKnownPages(entra: EntraServices): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const origin = request.get('origin');
    if (origin === undefined) return next();
    if (!hasRegisteredOrigin(entra, origin))
      return reject(response, 403, 'Only the pages of registered single-page applications may send traces.');
    response.set('Access-Control-Allow-Origin', origin);
    if (request.method !== 'OPTIONS') return next();
    response
      .set({
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'Content-Type',
        'Access-Control-Max-Age': '600',
      })
      .status(204)
      .end();
  };
}

const unreadable: ErrorRequestHandler = (error, _request, response, _next) =>
  error instanceof Error && 'status' in error && error.status === 413
    ? reject(response, 413, 'The body is larger than 1 MB.')
    : reject(response, 400, 'The body is not JSON.');
