import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { RequestInstruments } from './instruments.ts';
import type { TraceContext } from './tracer.ts';

/** What belongs to one request and is available to every function that runs for it. */
export interface RequestContext extends TraceContext {
  correlationId: string;
  logger: Logger;
  serverTiming: ServerTiming;
  instruments: RequestInstruments;
  /** What becomes known while the request is answered: its route's path, and the code of the problem in the response. */
  observed: { route: string | undefined; problem: string | undefined };
  /** Aborts when the caller goes away before the response is written. */
  signal: AbortSignal;
  /** When all work for the request must be done, on the clock of `performance.now()`. */
  deadline: number;
}

/** Milliseconds for all work for one request. Less than a stopping service waits for open requests. */
export const requestBudget = 7_000;

const storage = new AsyncLocalStorage<RequestContext>();

/**
 * Returns the context of the request being served.
 *
 * @throws {Error} outside requests, which is a programming error.
 */
export function requestContext(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new Error('There is no request here');
  return context;
}

/** Returns the context of the request being served, or `undefined` outside requests. */
export const currentRequestContext = (): RequestContext | undefined => storage.getStore();

/** Runs work for a request. */
export const withinRequest = <Result>(context: RequestContext, work: () => Result): Result =>
  storage.run(context, work);

/** Runs work that belongs to no single request, such as shared work: no caller cancels it by going away. */
export const outsideRequest = <Result>(work: () => Result): Result => storage.exit(work);

/** Where a result came from, as far as it affects how long it took. */
export type TimingSource = 'cache' | 'shared_cache' | 'identity_provider' | 'network';

/**
 * Collects the durations and failures of the spans of a request for `Server-Timing` (W3C Server Timing, section 2). If
 * several spans have one name, such as two calls that wait for the same token, the longest duration and the last failure
 * count: a call that is repeated with a new token has failed only if the repetition did.
 */
export class ServerTiming {
  readonly #started = performance.now();
  readonly #spans = new Map<string, { milliseconds: number; source: TimingSource | undefined }>();
  readonly #failures = new Map<string, string | number>();

  /**
   * @param name A token (RFC 9110), such as `graph_token`.
   * @param failure Why the span failed: the status of the response, or one word.
   */
  record(name: string, milliseconds: number, source?: TimingSource, failure?: string | number): void {
    if (milliseconds >= (this.#spans.get(name)?.milliseconds ?? 0))
      this.#spans.set(name, { milliseconds, source });
    if (failure === undefined) this.#failures.delete(name);
    else this.#failures.set(name, failure);
  }

  /** Adds the header immediately before the response's headers are written. */
  writeTo(response: Response): void {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (...parameters: unknown[]) => {
      if (!response.headersSent) {
        this.record('total', performance.now() - this.#started);
        const entries: string[] = [];
        for (const [name, { milliseconds, source }] of this.#spans) {
          const failure = this.#failures.get(name);
          entries.push(
            `${name};dur=${milliseconds.toFixed(1)}${source === undefined ? '' : `;desc="${source}"`}${failure === undefined ? '' : `;failure="${failure}"`}`,
          );
        }
        response.setHeader('Server-Timing', entries.join(', '));
      }
      return Reflect.apply(writeHead, response, parameters);
    };
  }
}

const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent` header; returns `undefined` for an invalid one. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, traceId, spanId, traceFlags] = traceparent.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || traceFlags === undefined) return undefined;
  return { traceId, spanId, traceFlags };
}

/** Writes a `traceparent` header. */
export const renderTraceparent = ({ traceId, spanId, traceFlags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${traceFlags}`;

/** Creates a place in the caller's trace, or in a new one, without recording a span. */
export const createTraceContext = (parent: TraceContext | undefined): TraceContext => ({
  traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  traceFlags: parent?.traceFlags ?? '00',
});
