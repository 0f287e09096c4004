import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { RequestInstruments, TraceContext } from './instruments.ts';

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

/**
 * Holds the context of the request being served. `getStore` returns it, or `undefined` outside requests. `exit` runs work
 * that belongs to no single request, such as shared work: no caller cancels it by going away.
 */
export const currentRequest = new AsyncLocalStorage<RequestContext>();

/**
 * Returns the context of the request being served.
 *
 * @throws {Error} outside requests, which is a programming error.
 */
export function requestContext(): RequestContext {
  const context = currentRequest.getStore();
  if (!context) throw new Error('There is no request here');
  return context;
}

/** Where a result came from, as far as it affects how long it took. */
export type TimingSource = 'cache' | 'shared_cache' | 'identity_provider' | 'network';

/** Facts about a span for `Server-Timing`, by the names of their parameters. What is `undefined` is left out. */
export type SpanFacts = Readonly<Record<string, string | number | undefined>>;

/**
 * Collects the spans of a request for `Server-Timing` (W3C Server Timing, section 2): when each started, how long it took
 * and why it failed. If several spans have one name, such as two calls that wait for the same token, the longest one and the
 * last value of each fact count: a call that is repeated with a new token has failed only if the repetition did.
 */
export class ServerTiming {
  readonly #started = performance.now();
  readonly #spans = new Map<
    string,
    { start: number; milliseconds: number; source: TimingSource | undefined; facts: SpanFacts }
  >();

  /**
   * Records a span that ends now.
   *
   * @param name A token (RFC 9110), such as `graph_token`.
   */
  record(name: string, milliseconds: number, source?: TimingSource, facts: SpanFacts = {}): void {
    const known = this.#spans.get(name);
    const start = Math.max(0, performance.now() - this.#started - milliseconds);
    const longest = known && known.milliseconds > milliseconds ? known : { start, milliseconds, source };
    this.#spans.set(name, { ...longest, facts: { ...known?.facts, ...facts } });
  }

  /** Adds facts about a span that was recorded. */
  describe(name: string, facts: SpanFacts): void {
    const known = this.#spans.get(name);
    if (known) known.facts = { ...known.facts, ...facts };
  }

  /** Adds the header immediately before the response's headers are written, unless there is that of a forwarded response. */
  writeTo(response: Response): void {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (...parameters: unknown[]) => {
      if (!response.headersSent && !response.hasHeader('Server-Timing')) {
        this.record('total', performance.now() - this.#started);
        response.setHeader('Server-Timing', this.#render());
      }
      return Reflect.apply(writeHead, response, parameters);
    };
  }

  #render(): string {
    const entries: string[] = [];
    for (const [name, { start, milliseconds, source, facts }] of this.#spans) {
      let entry = `${name};dur=${milliseconds.toFixed(1)}`;
      for (const [key, value] of Object.entries({ desc: source, start: start.toFixed(1), ...facts })) {
        if (value === undefined) continue;
        // In printable ASCII, a JSON string is a quoted string (RFC 9110, section 5.6.4).
        const printable = String(value)
          .slice(0, 200)
          .replace(/[^ -~]/g, '?');
        entry += `;${key}=${JSON.stringify(printable)}`;
      }
      entries.push(entry);
    }
    return entries.join(', ');
  }
}

/** What becomes known about a span while its work runs. */
export interface SpanResult {
  /** Where the result came from. */
  source?: TimingSource;
  /** The status of the response, if the span is a call. */
  status?: number;
  /** For `Server-Timing` only. */
  facts?: SpanFacts;
}

/**
 * Runs a step of the request being served, and records how long it took, whether it succeeds or fails: in
 * `Server-Timing`, as a metric, and as a span of the trace. Outside requests it only runs the step.
 *
 * @param name A token (RFC 9110), such as `graph_token`.
 * @param work Receives an object in which to note what becomes known.
 * @param kind `client` for a span that waits for another process.
 */
export async function measureSpan<Result>(
  name: string,
  work: (result: SpanResult) => Promise<Result>,
  kind: 'client' | 'internal' = 'internal',
): Promise<Result> {
  const noted: SpanResult = {};
  const context = currentRequest.getStore();
  if (!context) return work(noted);
  const { serverTiming, instruments } = context;
  const span = instruments.tracer?.startSpan(name, { kind, parent: context });
  const started = performance.now();
  let outcome = 'error';
  try {
    const result = await (span
      ? currentRequest.run({ ...context, spanId: span.spanId }, work, noted)
      : work(noted));
    outcome = noted.status !== undefined && noted.status >= 400 ? 'rejected' : 'ok';
    return result;
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    const milliseconds = performance.now() - started;
    const { source, status, facts } = noted;
    const failure = outcome === 'ok' ? undefined : (status ?? outcome);
    serverTiming.record(name, milliseconds, source, { ...facts, failure });
    instruments.spanDuration?.record(milliseconds / 1000, { span: name, outcome, ...(source && { source }) });
    span?.end(outcome, { 'span.source': source, 'http.response.status_code': status });
  }
}

/** Records a cache hit. Cache hits get no span. */
export function recordCacheHit(name: string, source: TimingSource, facts?: SpanFacts): void {
  const context = currentRequest.getStore();
  context?.serverTiming.record(name, 0, source, { ...facts, failure: undefined });
  context?.instruments.spanDuration?.record(0, { span: name, outcome: 'ok', source });
}

/**
 * Names a failure in one word, for metrics and spans. Our error classes have the word as `outcome`, so the number of
 * words is limited, and none comes from a message.
 *
 * @returns `error` for every other error.
 */
export function outcomeOf(error: unknown): string {
  const outcome: unknown = error instanceof Error ? Reflect.get(error, 'outcome') : undefined;
  return typeof outcome === 'string' ? outcome : 'error';
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
