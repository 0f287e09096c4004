import { randomBytes } from 'node:crypto';

/** A place in a trace (W3C Trace Context, section 3.2), in lower-case hexadecimal. */
export interface TraceContext {
  traceId: string;
  /** The span at this place; the parent of the spans that it causes. */
  spanId: string;
  /** Two digits; `01` means that the trace is recorded. */
  traceFlags: string;
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

/** Attributes of a span: words and numbers of our own. Never a URL, a header, a claim, or the text of a library. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A piece of work in a trace. */
export interface Span extends TraceContext {
  /**
   * Ends the span.
   *
   * @param outcome `ok`, or one word for the failure; see `outcomeOf`.
   * @param name Replaces the name, if it is known only now.
   */
  end(outcome: string, attributes?: SpanAttributes, name?: string): void;
}

/**
 * Records spans. This is a small part of OpenTelemetry's interface, so that a service without traces loads nothing of
 * OpenTelemetry.
 */
export interface Tracer {
  /**
   * Starts a span.
   *
   * @param name One of a small set; nothing from a request.
   * @param options.kind `server` answers a request, `client` waits for another process, `internal` does neither.
   * @param options.parent Its cause; `undefined` where a trace starts.
   */
  startSpan(
    name: string,
    options: {
      kind: 'server' | 'client' | 'internal';
      parent: TraceContext | undefined;
      attributes?: SpanAttributes;
    },
  ): Span;
}
