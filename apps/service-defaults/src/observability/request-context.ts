import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { createRequestInstruments, type RequestInstruments } from './instruments.ts';
import { type ObservedRequest, observeRequest } from './observe-request.ts';
import { ServerTiming } from './server-timing.ts';
import type { TraceContext } from './trace-context.ts';

/**
 * What belongs to one request and goes along to every log line and every outgoing call. Its place in the trace is the
 * request's own span, or within a hop the hop's.
 */
export interface RequestContext extends TraceContext {
  correlationId: string;
  logger: Logger;
  serverTiming: ServerTiming;
  instruments: RequestInstruments;
  observed: ObservedRequest;
  /** Aborted when the caller goes away before its answer is written. */
  signal: AbortSignal;
  /** When all work for the request must have ended, on the clock of `performance.now()`. */
  deadline: number;
}

/** Milliseconds for everything that is done for one request. Less than a service that stops waits for its last ones. */
export const requestBudget = 7_000;

const storage = new AsyncLocalStorage<RequestContext>();

/**
 * The context of the request being served.
 *
 * @throws {Error} outside a request, which is a programming error.
 */
export function requestContext(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new Error('There is no request here');
  return context;
}

/** As {@link requestContext}, for code that also runs outside requests. */
export const currentRequestContext = (): RequestContext | undefined => storage.getStore();

/** Runs work that belongs to no single request, such as what several wait for: no caller ends it by going away. */
export const outsideRequest = <Result>(work: () => Result): Result => storage.exit(work);

/** Runs work as a part of the request that has a span of its own: what it causes is told that span. */
export const withinSpan = <Result>({ spanId }: TraceContext, work: () => Result): Result =>
  storage.run({ ...requestContext(), spanId }, work);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Opens the context of a request. A caller's `x-correlation-id` is kept if it is a UUID, its `traceparent` if it
 * is valid (W3C Trace Context, section 3.2); anything else is replaced by a new one.
 *
 * @param options.budget Milliseconds for everything that is done for the request.
 */
export function openRequestContext(
  logger: Logger,
  options: { instruments?: RequestInstruments; budget?: number } = {},
): RequestHandler {
  const { instruments = createRequestInstruments(), budget = requestBudget } = options;
  return (request, response, next) => {
    const askedFor = request.get('x-correlation-id') ?? '';
    const correlationId = uuid.test(askedFor) ? askedFor.toLowerCase() : randomUUID();
    const observed = observeRequest(request, response, instruments);
    const { traceId, spanId, traceFlags } = observed;
    const abort = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) abort.abort();
    });
    response.setHeader('x-correlation-id', correlationId);
    const context: RequestContext = {
      correlationId,
      traceId,
      spanId,
      traceFlags,
      logger: logger.child({ correlationId, traceId, spanId }),
      serverTiming: new ServerTiming(),
      instruments,
      observed,
      signal: abort.signal,
      deadline: performance.now() + budget,
    };
    context.serverTiming.writeTo(response);
    storage.run(context, next);
  };
}
