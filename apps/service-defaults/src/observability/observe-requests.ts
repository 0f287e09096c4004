import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { createRequestInstruments, type RequestInstruments } from './instruments.ts';
import {
  createTraceContext,
  currentRequest,
  parseTraceparent,
  type RequestContext,
  requestBudget,
  ServerTiming,
} from './request-context.ts';

/** Health probes; not traced. */
const healthChecks = new Set(['/livez', '/readyz']);

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Opens the context of each request, and records the request when it is over: a log line, a metric and a span ("Semantic
 * conventions for HTTP", server spans and metrics).
 *
 * Of what the caller sent, only a correlation ID that is a UUID, a valid `traceparent` (W3C Trace Context, section 3.2)
 * and a known method are kept. Metrics and spans name the route instead of the path, which may contain an ID or a token.
 *
 * @param options.budget Milliseconds for all work for a request.
 */
export function observeRequests(
  logger: Logger,
  options: { instruments?: RequestInstruments; budget?: number } = {},
): RequestHandler {
  const { instruments = createRequestInstruments(), budget = requestBudget } = options;
  const { tracer, requestDuration } = instruments;

  return (request, response, next) => {
    const started = performance.now();
    const path = loggable(request.path);
    const requestedId = request.get('x-correlation-id') ?? '';
    const correlationId = uuid.test(requestedId) ? requestedId.toLowerCase() : randomUUID();
    const parent = parseTraceparent(request.get('traceparent'));
    const method = knownMethods.has(request.method) ? request.method : '_OTHER';
    const span = healthChecks.has(request.path)
      ? undefined
      : tracer?.startSpan(method, { kind: 'server', parent });
    const { traceId, spanId, traceFlags } = span ?? createTraceContext(parent);
    const callerGone = new AbortController();
    const context: RequestContext = {
      correlationId,
      traceId,
      spanId,
      traceFlags,
      logger: logger.child({ correlationId, traceId, spanId }),
      serverTiming: new ServerTiming(),
      instruments,
      observed: { route: undefined, problem: undefined },
      signal: callerGone.signal,
      deadline: started + budget,
    };
    response.setHeader('x-correlation-id', correlationId);
    context.serverTiming.writeTo(response);

    response.once('close', () => {
      const answered = response.writableFinished;
      if (!answered) callerGone.abort();
      const milliseconds = performance.now() - started;
      const { statusCode: status } = response;
      const line = { method: request.method, path, status, milliseconds: Math.round(milliseconds) };
      if (answered) context.logger.info(line, 'request answered');
      else context.logger.warn(line, 'caller went away');

      if (!span && !requestDuration) return;
      const { route, problem } = context.observed;
      const error = answered ? problem : 'canceled';
      const attributes = {
        'http.request.method': method,
        ...(route !== undefined && { 'http.route': route }),
        ...(answered && { 'http.response.status_code': status }),
        ...(error !== undefined && { 'error.type': error }),
      };
      requestDuration?.record(milliseconds / 1000, attributes);
      const failed = !answered || status >= 500;
      const name = route === undefined ? method : `${method} ${route}`;
      span?.end(failed ? (error ?? 'error') : 'ok', { ...attributes, 'correlation.id': correlationId }, name);
    });
    currentRequest.run(context, next);
  };
}

/** Shortens a path for the log: no query string, and no segment longer than an ID, because it may be a token. */
const loggable = (path: string): string =>
  path
    .slice(0, 2_048)
    .replace(/[^/]{41,}/g, '[long]')
    .slice(0, 200);
