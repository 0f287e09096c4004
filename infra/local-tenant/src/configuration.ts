import { z } from 'zod';
import type { TracingOptions } from './tracing.ts';

const port = z.coerce.number('must be a port number').int().min(1).max(65_535);

/** Parses `name=value, name=value` with URL-encoded values (OpenTelemetry Protocol Exporter specification). */
const headers = z.string().transform((text, context) => {
  try {
    return Object.fromEntries(
      text.split(',').map((pair) => {
        const [, name, value] = /^([\w-]+)=(.*)$/.exec(pair.trim()) ?? [];
        if (name === undefined || value === undefined) throw new SyntaxError();
        return [name, decodeURIComponent(value)];
      }),
    );
  } catch {
    context.addIssue({ code: 'custom', message: 'must be written as name=value, separated by commas' });
    return z.NEVER;
  }
});

/** The environment variables of the local tenant. */
export const variablesSchema = z.object({
  LOCAL_TENANT_PORT: port.default(4400).meta({ description: 'TCP port to listen on, on loopback.' }),
  LOCAL_TENANT_HTTPS_PORT: port
    .optional()
    .meta({ description: 'TCP port to listen on with TLS as well, for clients that require it.' }),
  LOCAL_TENANT_SIGN_IN_HOST: z
    .string()
    .regex(/^([a-z0-9-]+\.)?localhost$/, 'must be localhost, or a name that ends with .localhost')
    .default('localhost')
    .meta({
      description:
        'Host name of the sign-in pages: `localhost`, or a name under it such as `login.localhost`, to see third-party cookies blocked.',
    }),
  LOCAL_TENANT_DATA_DIRECTORY: z.string().default('.data/local-tenant').meta({
    description: 'Directory for applications, keys and secrets, relative to the working directory.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({ description: 'OpenTelemetry collector that receives traces (OTLP over HTTP).' }),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional().meta({
    description: 'Headers for the collector: `name=value`, separated by commas, with URL-encoded values.',
  }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1)
    .meta({ description: 'Share of the traces that start here to record, from 0 to 1.' }),
});

export interface Configuration {
  port: number;
  /** Port to listen on with TLS as well, if any. */
  httpsPort: number | undefined;
  /** Host name of the sign-in pages, for browsers. */
  signInHost: string;
  /** Directory for applications, keys and secrets, relative to the working directory. */
  dataDirectory: string;
  /** Where to send traces, if anywhere. */
  tracing: TracingOptions | undefined;
}

/** Thrown for invalid environment variables. The message names each of them, never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the configuration from environment variables. Empty ones count as missing.
 *
 * @throws {ConfigurationError} naming every invalid variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = variablesSchema.safeParse(present);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`);
    throw new ConfigurationError(`These environment variables are invalid:\n${lines.join('\n')}`);
  }
  const { data } = result;
  const endpoint = data.OTEL_EXPORTER_OTLP_ENDPOINT;
  return {
    port: data.LOCAL_TENANT_PORT,
    httpsPort: data.LOCAL_TENANT_HTTPS_PORT,
    signInHost: data.LOCAL_TENANT_SIGN_IN_HOST,
    dataDirectory: data.LOCAL_TENANT_DATA_DIRECTORY,
    tracing:
      endpoint === undefined
        ? undefined
        : {
            endpoint,
            headers: data.OTEL_EXPORTER_OTLP_HEADERS ?? {},
            sampleRatio: data.OTEL_TRACES_SAMPLER_ARG,
          },
  };
}
