import { z } from 'zod';
import type { OutgoingProxy } from '../calls/transport.ts';
import { httpUrl, port } from './parse-configuration.ts';

const header = /^([\w-]+)=(.*)$/;

/** Accepts `a=1, b=2` with URL-encoded values ("OpenTelemetry Protocol Exporter", headers via environment variables). */
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

const requestsPerMinute = z.coerce
  .number('must be a number of requests')
  .int('must be a whole number of requests')
  .min(0, 'must not be negative');

/** Where traces are sent. Without an endpoint there are none, and no library for them is loaded. */
export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional().meta({
    description:
      'OpenTelemetry collector that receives traces (OTLP over HTTP). Without it, nothing is traced.',
    example: 'http://localhost:4318',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional().meta({
    description:
      'Headers for the collector, such as its API key: `name=value`, separated by commas, with URL-encoded values. A secret.',
    example: 'api-key=…',
  }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1)
    .meta({
      description:
        'Share of the traces that start in this service to record, from 0 to 1. Traces that a caller started follow the caller.',
    }),
};

/** The proxy for outgoing calls. */
const proxyVariables = {
  HTTPS_PROXY: httpUrl.optional().meta({
    description:
      'Proxy for all outgoing calls over https: to the identity provider, to other APIs and to the collector. Without it, they are made directly, as calls over http always are.',
    example: 'http://proxy.example:3128',
  }),
  NO_PROXY: z.string().optional().meta({
    description:
      'Hosts, with their subdomains, that are called without the proxy, separated by commas. `*` means all.',
    example: 'leave.internal.example,10.0.0.8:8443',
  }),
};

const proxyOf = ({
  HTTPS_PROXY: url,
  NO_PROXY: except = '',
}: z.output<z.ZodObject<typeof proxyVariables>>) => (url === undefined ? undefined : { url, except });

/** Variables of every service. Each API sets its own defaults for the port and the two rate limits. */
export const serviceVariables = {
  PORT: port.meta({ description: 'TCP port to listen on. 0 lets the operating system choose.' }),
  HOST: z.string().default('localhost').meta({
    description:
      'Host name or address to listen on. `localhost` means both loopback addresses and nothing else; a container needs `0.0.0.0`.',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.' }),
  RATE_LIMIT_PER_ADDRESS: requestsPerMinute.meta({
    description: 'Requests per minute from one address, before the token is checked. 0 means no limit.',
  }),
  RATE_LIMIT_PER_USER: requestsPerMinute.meta({
    description: 'Requests per minute from one user. 0 means no limit.',
  }),
  TRUSTED_PROXY_HOPS: z.coerce
    .number('must be a number of proxies')
    .int('must be a whole number of proxies')
    .min(0, 'must not be negative')
    .max(10, 'must be at most 10')
    .default(0)
    .meta({
      description:
        'Number of your own proxies in front of the API. Exactly that many entries of `X-Forwarded-For` are trusted.',
    }),
  ...proxyVariables,
  METRICS_PORT: port.optional().meta({
    description:
      'TCP port that answers `GET /metrics` (Prometheus). Without it, nothing is measured. 0 lets the operating system choose.',
    example: '9464',
  }),
  METRICS_HOST: z.string().default('localhost').meta({
    description:
      'Host name or address that answers `GET /metrics`. It has no authentication, so keep it inside your network.',
  }),
  ...traceVariables,
};

type Traces = z.output<z.ZodObject<typeof traceVariables>>;

/** Maps the parsed {@link traceVariables} to the options for exporting traces; `undefined` for no traces. */
export const tracesOf = (
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: headers = {},
    OTEL_TRACES_SAMPLER_ARG: sampleRatio,
  }: Traces,
  proxy?: OutgoingProxy,
) => (endpoint === undefined ? undefined : { endpoint, headers, sampleRatio, proxy });

/** What every service is configured with. */
export type ServiceOptions = ReturnType<typeof serviceOptionsOf>;

/** Maps the parsed {@link serviceVariables} to the options of a service. */
export const serviceOptionsOf = (variables: z.output<z.ZodObject<typeof serviceVariables>>) => ({
  host: variables.HOST,
  port: variables.PORT,
  logLevel: variables.LOG_LEVEL,
  rateLimitPerAddress: variables.RATE_LIMIT_PER_ADDRESS,
  rateLimitPerUser: variables.RATE_LIMIT_PER_USER,
  trustedProxyHops: variables.TRUSTED_PROXY_HOPS,
  proxy: proxyOf(variables),
  telemetry: {
    metrics:
      variables.METRICS_PORT === undefined
        ? undefined
        : { host: variables.METRICS_HOST, port: variables.METRICS_PORT },
    traces: tracesOf(variables, proxyOf(variables)),
  },
});
