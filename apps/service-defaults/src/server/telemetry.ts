import type { Meter } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { z } from 'zod';
import { httpUrl, port } from '../configuration.ts';
import type { TraceExportOptions } from '../observability/export-traces.ts';
import type { Tracer } from '../observability/tracer.ts';

const header = /^([\w-]+)=(.*)$/;

/** `a=1, b=2`, with values as in a URL ("OpenTelemetry Protocol Exporter", headers via environment variables). */
const headers = z.string().transform((text, context) => {
  try {
    return Object.fromEntries(
      text.split(',').map((pair) => {
        const [, name, value] = header.exec(pair.trim()) ?? [];
        if (name === undefined || value === undefined) throw new SyntaxError();
        return [name, decodeURIComponent(value)];
      }),
    );
  } catch {
    context.addIssue({ code: 'custom', message: 'must be written as name=value, separated by commas' });
    return z.NEVER;
  }
});

/** Variables that say where traces go. Without them there are none, and no library for them is loaded. */
export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('The OpenTelemetry collector, such as http://localhost:4318; no traces if it is not set'),
  OTEL_EXPORTER_OTLP_HEADERS: headers
    .optional()
    .describe('Headers for the collector, such as its API key: name=value, separated by commas'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1)
    .describe('Which part of the traces that begin here is recorded, from 0 to 1'),
};

/** As {@link traceVariables}, for services that tell metrics too. */
export const telemetryVariables = {
  METRICS_PORT: port
    .optional()
    .describe('The TCP port that answers GET /metrics; no metrics if it is not set'),
  METRICS_HOST: z
    .string()
    .default('localhost')
    .describe('The host name or address to answer GET /metrics on; localhost means loopback only'),
  ...traceVariables,
};

export interface TelemetryOptions {
  /** Where `GET /metrics` is answered. */
  metrics?: { host: string; port: number } | undefined;
  traces?: TraceExportOptions | undefined;
}

/** Says from the parsed {@link traceVariables} which traces are wanted. */
export function tracesOf(variables: {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_HEADERS?: Record<string, string> | undefined;
  OTEL_TRACES_SAMPLER_ARG: number;
}): TraceExportOptions | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers = {} } = variables;
  return endpoint === undefined
    ? undefined
    : { endpoint, headers, sampleRatio: variables.OTEL_TRACES_SAMPLER_ARG };
}

/** Says from the parsed {@link telemetryVariables} what is wanted. */
export function telemetryOf(
  variables: { METRICS_PORT?: number | undefined; METRICS_HOST: string } & Parameters<typeof tracesOf>[0],
): TelemetryOptions {
  const { METRICS_PORT: port, METRICS_HOST: host } = variables;
  return { metrics: port === undefined ? undefined : { host, port }, traces: tracesOf(variables) };
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
