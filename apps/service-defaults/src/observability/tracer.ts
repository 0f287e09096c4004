import type { TraceContext } from './trace-context.ts';

/** What a span may tell: words and numbers of our own. Never a URL, a header, a claim, or what a library said. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A piece of work in a trace. */
export interface Span extends TraceContext {
  /**
   * Ends it.
   *
   * @param outcome `ok`, or one word for what went wrong; see `outcomeOf`.
   * @param name If it is known only now.
   */
  end(outcome: string, attributes?: SpanAttributes, name?: string): void;
}

export interface SpanOptions {
  /** `server` answers a request, `client` waits for another process, `internal` does neither. */
  kind: 'server' | 'client' | 'internal';
  /** What caused it; `undefined` where a trace begins. */
  parent: TraceContext | undefined;
  attributes?: SpanAttributes;
}

/** Records traces. There is one only where traces are wanted; see `startTelemetry`. */
export interface Tracer {
  /** @param name One of a few; nothing of a request. */
  startSpan(name: string, options: SpanOptions): Span;
}
