import { z } from 'zod';
import { portVariable, type ServedKey, servedApps } from './apps.ts';
import { ExpectedError } from './expected-error.ts';

const port = z.coerce.number('must be a port number').int().min(1).max(65_535);

/** The environment variables of `register` and `doctor`. */
export const variablesSchema = z.object({
  ...Object.fromEntries(
    servedApps.map((app) => [
      portVariable(app),
      port.optional().meta({ description: `Port for the ${app.title}.` }),
    ]),
  ),
  LOCAL_TENANT_PORT: port.default(4400).meta({ description: 'Port of the local tenant.' }),
  DATA_DIRECTORY: z.string().default('.data').meta({ description: 'Folder for all state.' }),
  ENVIRONMENT_DIRECTORY: z.string().optional().meta({
    description:
      'Directory of the environment files, relative to the working directory. Without it, `.data/tenant`, or `env` in `DATA_DIRECTORY` for the local tenant.',
  }),
});

export interface Configuration {
  localTenantUrl: string;
  /** Where the apps are on this machine, for each whose port is set. */
  urls: Partial<Record<ServedKey, string>>;
  /** Folder in which `start` keeps what belongs to the local tenant. */
  dataDirectory: string;
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
  const ports: Readonly<Record<string, unknown>> = data;
  return {
    localTenantUrl: `http://localhost:${data.LOCAL_TENANT_PORT}`,
    urls: Object.fromEntries(
      servedApps.flatMap((app) => {
        const onPort = ports[portVariable(app)];
        return onPort === undefined ? [] : [[app.key, `http://localhost:${onPort}`]];
      }),
    ),
    dataDirectory: data.DATA_DIRECTORY,
    environmentDirectory: data.ENVIRONMENT_DIRECTORY,
  };
}
