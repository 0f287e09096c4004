import { z } from 'zod';

const port = (preset: number) =>
  z.coerce.number('must be a port number').int().min(1).max(65_535).default(preset);

const schema = z.object({
  SPA_PORT: port(3000),
  MIDDLE_TIER_API_PORT: port(4000),
  DOWNSTREAM_API_PORT: port(4100),
  LOCAL_TENANT_PORT: port(4400),
  ENVIRONMENT_DIRECTORY: z.string().default('.data/env'),
});

export interface Configuration {
  localTenantUrl: string;
  urls: { spa: string; middleTierApi: string; downstreamApi: string };
  /** Where the environment files are written, relative to the working directory. */
  environmentDirectory: string;
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
  const url = (onPort: number) => `http://localhost:${onPort}`;
  return {
    localTenantUrl: url(data.LOCAL_TENANT_PORT),
    urls: {
      spa: url(data.SPA_PORT),
      middleTierApi: url(data.MIDDLE_TIER_API_PORT),
      downstreamApi: url(data.DOWNSTREAM_API_PORT),
    },
    environmentDirectory: data.ENVIRONMENT_DIRECTORY,
  };
}
