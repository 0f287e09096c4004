import { z } from 'zod';
import { ExpectedError } from './expected-error.ts';

const port = z.coerce.number('must be a port number').int().min(1).max(65_535);

/** The environment variables of `register` and `doctor`. */
export const variablesSchema = z.object({
  SPA_PORT: port.optional().meta({ description: 'Port for the SPA.' }),
  MIDDLE_TIER_API_PORT: port.optional().meta({ description: 'Port for the middle-tier API.' }),
  DOWNSTREAM_API_PORT: port.optional().meta({ description: 'Port for the downstream API.' }),
  LOCAL_TENANT_PORT: port.default(4400).meta({ description: 'Port of the local tenant.' }),
  ENVIRONMENT_DIRECTORY: z.string().optional().meta({
    description:
      'Directory of the environment files, relative to the working directory. Without it, `.data/tenant`, or `.data/env` for the local tenant.',
  }),
});

export interface Configuration {
  localTenantUrl: string;
  /** Where the apps are on this machine, for each whose port is set. */
  urls: Partial<Record<'spa' | 'middleTierApi' | 'downstreamApi', string>>;
  /** Directory of the environment files, relative to the working directory, if it is set. */
  environmentDirectory: string | undefined;
}

/** Environment variables are invalid. The message names each of them. */
export class ConfigurationError extends ExpectedError {
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
    throw new ConfigurationError(`These variables are invalid:\n${lines.join('\n')}`);
  }
  const { data } = result;
  const url = (name: 'spa' | 'middleTierApi' | 'downstreamApi', onPort: number | undefined) =>
    onPort === undefined ? {} : { [name]: `http://localhost:${onPort}` };
  return {
    localTenantUrl: `http://localhost:${data.LOCAL_TENANT_PORT}`,
    urls: {
      ...url('spa', data.SPA_PORT),
      ...url('middleTierApi', data.MIDDLE_TIER_API_PORT),
      ...url('downstreamApi', data.DOWNSTREAM_API_PORT),
    },
    environmentDirectory: data.ENVIRONMENT_DIRECTORY,
  };
}
