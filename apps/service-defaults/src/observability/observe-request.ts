import type { Request, Response } from 'express';
import type { RequestInstruments } from './instruments.ts';
import { createTraceContext, parseTraceparent, type TraceContext } from './trace-context.ts';

/** A request's place in its trace, and what becomes known of it while it is answered. */
export interface ObservedRequest extends TraceContext {
  /** The path as the router knows it, such as `/api/leave-requests/:id`, if there is one that took the request. */
  route: string | undefined;
  /** The code of the problem that it is answered with, if it is one. */
  problem: string | undefined;
}

/** Asked every few seconds by what nobody traces. */
const healthChecks = new Set(['/livez', '/readyz']);

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Opens the request's span, and measures it when its answer is out or its caller is gone ("Semantic conventions for
 * HTTP", server spans and metrics). It goes on with the caller's trace. Of what the caller sent nothing is kept but a
 * method that is known and the `traceparent`: a path may hold an id or a token, and be another one each time.
 */
export function observeRequest(
  request: Request,
  response: Response,
  { tracer, requestDuration }: RequestInstruments,
): ObservedRequest {
  const parent = parseTraceparent(request.get('traceparent'));
  const method = knownMethods.has(request.method) ? request.method : '_OTHER';
  const span = healthChecks.has(request.path)
    ? undefined
    : tracer?.startSpan(method, { kind: 'server', parent });
  const { traceId, spanId, traceFlags } = span ?? createTraceContext(parent);
  const observed: ObservedRequest = { traceId, spanId, traceFlags, route: undefined, problem: undefined };
  if (!span && !requestDuration) return observed;

  const started = performance.now();
  response.once('close', () => {
    const { route, problem } = observed;
    const answered = response.writableFinished;
    const error = answered ? problem : 'canceled';
    const attributes = {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      ...(answered && { 'http.response.status_code': response.statusCode }),
      ...(error !== undefined && { 'error.type': error }),
    };
    requestDuration?.record((performance.now() - started) / 1000, attributes);
    const failed = !answered || response.statusCode >= 500;
    span?.end(
      failed ? (error ?? 'error') : 'ok',
      attributes,
      route === undefined ? method : `${method} ${route}`,
    );
  });
  return observed;
}
