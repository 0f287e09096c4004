import type { Meter } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { TraceExportOptions } from '../observability/export-traces.ts';
import type { Tracer } from '../observability/tracer.ts';

export interface TelemetryOptions {
  /** Where `GET /metrics` is answered. */
  metrics?: { host: string; port: number } | undefined;
  traces?: TraceExportOptions | undefined;
}

/** What a service measures itself with. Without any of it the service does the same, and measures nothing. */
export interface Telemetry {
  /** Makes instruments (OpenTelemetry Metrics API), while somebody reads metrics. */
  meter?: Meter | undefined;
  /** Records traces, while somebody wants them. */
  tracer?: Tracer | undefined;
}

export interface RunningTelemetry extends Telemetry {
  /** Where metrics are read, if they are. */
  metricsUrl: string | undefined;
  /** Sends the last spans, for a second at most, and ends `GET /metrics`. */
  close(): Promise<void>;
}

/**
 * Starts what is wanted of metrics and traces. The libraries for it are loaded here and nowhere else, so that a service
 * without them starts no later for their sake.
 *
 * @param service What traces call the service.
 * @throws {PortTaken}
 */
export async function startTelemetry(
  service: string,
  { metrics, traces }: TelemetryOptions,
  logger: Logger,
): Promise<RunningTelemetry> {
  const [endpoint, exporter] = await Promise.all([
    metrics &&
      import('./metrics-endpoint.ts').then(({ startMetricsEndpoint }) =>
        startMetricsEndpoint(metrics, logger),
      ),
    traces &&
      import('../observability/export-traces.ts').then(({ startTraceExport }) =>
        startTraceExport(service, traces, logger),
      ),
  ]);
  return {
    meter: endpoint?.meter,
    tracer: exporter?.tracer,
    metricsUrl: endpoint?.url,
    async close() {
      await Promise.all([endpoint?.close(), exporter?.close()]);
    },
  };
}
