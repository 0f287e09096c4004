import type { Histogram, Meter } from '@opentelemetry/api';

/** What a service is measured with; nothing is measured without it. */
export interface Telemetry {
  /** Creates instruments (OpenTelemetry Metrics API), if metrics are enabled. */
  meter?: Meter | undefined;
  /** Records spans, if traces are enabled. */
  tracer?: Tracer | undefined;
}

/** Seconds: the buckets of every duration, as in OpenTelemetry's HTTP metrics. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The instruments for the requests of one service. */
export interface RequestInstruments {
  tracer: Tracer | undefined;
  requestDuration: Histogram | undefined;
  spanDuration: Histogram | undefined;
}

/** Creates the instruments. Labels are those of "Semantic conventions for HTTP metrics"; names follow Prometheus. */
export function createRequestInstruments({ meter, tracer }: Telemetry = {}): RequestInstruments {
  const histogram = (name: string, description: string) =>
    meter?.createHistogram(name, { description, advice: { explicitBucketBoundaries: durationBuckets } });
  return {
    tracer,
    requestDuration: histogram('http_server_request_duration_seconds', 'Requests, from headers to last byte'),
    spanDuration: histogram('obo_span_duration_seconds', 'Steps of requests, named as in Server-Timing'),
  };
}

/** A place in a trace (W3C Trace Context, section 3.2), in lower-case hexadecimal. */
export interface TraceContext {
  traceId: string;
  /** The span at this place; the parent of the spans that it causes. */
  spanId: string;
  /** Two digits; `01` means that the trace is recorded. */
  traceFlags: string;
}

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
