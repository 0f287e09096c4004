import type { Logger } from 'pino';
import type { TraceExportOptions } from '../observability/export-traces.ts';
import type { Telemetry } from '../observability/instruments.ts';

export interface TelemetryOptions {
  /** Where to answer `GET /metrics`; no metrics if omitted. */
  metrics?: { host: string; port: number } | undefined;
  /** Where to send traces; no traces if omitted. */
  traces?: TraceExportOptions | undefined;
}

export interface RunningTelemetry extends Telemetry {
  /** The address of `GET /metrics`, if metrics are enabled. */
  metricsUrl: string | undefined;
  /** Sends the last spans, for a second at most, and closes `GET /metrics`. */
  close(): Promise<void>;
}

/**
 * Starts metrics and traces, as configured. Loads the libraries for them only here, so that they do not slow down the
 * startup of a service without them.
 *
 * @param service The name of the service in traces.
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
