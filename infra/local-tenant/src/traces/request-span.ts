import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Span } from './read-spans.ts';
import type { TraceStore } from './trace-store.ts';

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const routeSchema = z.object({ path: z.string() });
/** Health checks, and what traces and the control room consist of: they would cause spans by themselves. */
const untracedPaths = new Set(['/readyz', '/v1/traces', '/local-tenant/events']);

export const isTraced = ({ path }: Request): boolean => !untracedPaths.has(path);

export const methodOf = ({ method }: Request): string => (knownMethods.has(method) ? method : '_OTHER');

/** Describes a request that is over. Contains nothing the caller wrote: paths and queries may hold tokens and names. */
export function describeRequest(
  request: Request,
  response: Response,
): { name: string; failed: boolean; attributes: Record<string, string | number> } {
  const method = methodOf(request);
  const route = routeSchema.safeParse(request.route).data?.path;
  const isAnswered = response.writableFinished;
  const failed = !isAnswered || response.statusCode >= 500;
  return {
    name: route === undefined ? method : `${method} ${route}`,
    failed,
    attributes: {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      ...(isAnswered && { 'http.response.status_code': response.statusCode }),
      ...(failed && { 'error.type': isAnswered ? 'error' : 'canceled' }),
    },
  };
}

/** A `traceparent` of a trace that is recorded (W3C Trace Context §3.2). */
const recorded = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f][13579bdf]$/;

/**
 * Adds a span to the store for each request in a trace that its caller records. Starts no traces: a browser that signs in
 * has none. Loads nothing of OpenTelemetry, so the tenant starts as fast as without traces.
 */
export function traceRequestsInto(traces: TraceStore): RequestHandler {
  return (request, response, next) => {
    const [, traceId, parentSpanId] = recorded.exec(request.get('traceparent') ?? '') ?? [];
    if (traceId === undefined || !isTraced(request)) return next();
    const spanId = crypto.randomUUID().replaceAll('-', '').slice(-16);
    const start = Date.now();
    const started = performance.now();
    response.once('close', () => {
      const span: Span = {
        traceId,
        spanId,
        parentSpanId,
        service: 'local-tenant',
        kind: 'server',
        start,
        duration: performance.now() - started,
        ...describeRequest(request, response),
      };
      traces.add([span]);
    });
    next();
  };
}
