import { type TelemetryOptions, tracesOf, traceVariables } from '@obo/service-defaults/server';
import { z } from 'zod';

const schema = z.object({
  LOCAL_TENANT_PORT: z.coerce.number('must be a port number').int().min(1).max(65_535).default(4400),
  LOCAL_TENANT_HTTPS_PORT: z.coerce.number('must be a port number').int().min(1).max(65_535).optional(),
  LOCAL_TENANT_SIGN_IN_HOST: z
    .string()
    .regex(/^([a-z0-9-]+\.)?localhost$/, 'must be localhost, or a name that ends with .localhost')
    .default('localhost'),
  LOCAL_TENANT_DATA_DIRECTORY: z.string().default('.data/local-tenant'),
  ...traceVariables,
});

export interface Configuration {
  port: number;
  /** Where the tenant listens with TLS as well, if it does. */
  httpsPort: number | undefined;
  /** Host name to which browsers are sent to sign in. */
  signInHost: string;
  /** Where directory and keys are kept, relative to the working directory. */
  dataDirectory: string;
  telemetry: TelemetryOptions;
}

/** The environment is not what it should be; the message names each variable. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the configuration from environment variables. Empty ones count as missing.
 *
 * @throws {ConfigurationError} naming every bad variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(present);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`);
    throw new ConfigurationError(`These variables are wrong:\n${lines.join('\n')}`);
  }
  const { data } = result;
  return {
    port: data.LOCAL_TENANT_PORT,
    httpsPort: data.LOCAL_TENANT_HTTPS_PORT,
    signInHost: data.LOCAL_TENANT_SIGN_IN_HOST,
    dataDirectory: data.LOCAL_TENANT_DATA_DIRECTORY,
    telemetry: { traces: tracesOf(data) },
  };
}
