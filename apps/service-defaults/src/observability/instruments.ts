import type { Histogram } from '@opentelemetry/api';
import type { Telemetry } from '../server/telemetry.ts';
import type { Tracer } from './tracer.ts';

/** Seconds: the buckets of every duration, as OpenTelemetry's HTTP metrics have them. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What the requests of one service are measured with. */
export interface RequestInstruments {
  tracer: Tracer | undefined;
  requestDuration: Histogram | undefined;
  hopDuration: Histogram | undefined;
}

/** Labels of requests are those of "Semantic conventions for HTTP metrics"; names are Prometheus', with the unit in them. */
export function createRequestInstruments({ meter, tracer }: Telemetry = {}): RequestInstruments {
  const histogram = (name: string, description: string) =>
    meter?.createHistogram(name, { description, advice: { explicitBucketBoundaries: durationBuckets } });
  return {
    tracer,
    requestDuration: histogram('http_server_request_duration_seconds', 'Requests, from headers to last byte'),
    hopDuration: histogram('obo_hop_duration_seconds', 'Parts of requests, as Server-Timing names them'),
  };
}
