import type { Histogram, Meter } from '@opentelemetry/api';
import type { Tracer } from './tracer.ts';

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
