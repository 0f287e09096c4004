import { resolve } from 'node:path';
import { z } from 'zod';

const port = (preset: number) =>
  z.coerce.number('must be a port number').int().min(1).max(65_535).default(preset);

const schema = z.object({
  SPA_PORT: port(3000),
  MIDDLE_TIER_API_PORT: port(4000),
  DOWNSTREAM_API_PORT: port(4100),
  LOCAL_TENANT_PORT: port(4400),
  DATA_DIRECTORY: z.string().optional(),
});

/** One process that `start` runs, and the port it is reached at. */
export interface Part {
  /** As it is called in messages and in front of its output. */
  name: string;
  purpose: string;
  variable: 'SPA_PORT' | 'MIDDLE_TIER_API_PORT' | 'DOWNSTREAM_API_PORT' | 'LOCAL_TENANT_PORT';
  port: number;
  url: string;
}

export type PartName = 'localTenant' | 'downstreamApi' | 'middleTierApi' | 'spa';

/** The ports are not what they should be; the message names each variable. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Configuration {
  parts: Record<PartName, Part>;
  /** Where everything is kept: deleting it is a full reset. */
  dataDirectory: string;
}

/**
 * Reads which port each part listens on, and where state is kept.
 *
 * @param root The repository's folder.
 * @throws {StartError} when a variable is no port, or two parts are given the same one.
 */
export function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): Configuration {
  const result = schema.safeParse(env);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`);
    throw new StartError(`These variables are wrong:\n${lines.join('\n')}`);
  }
  const part = (name: string, purpose: string, variable: Part['variable']): Part => ({
    name,
    purpose,
    variable,
    port: result.data[variable],
    url: `http://localhost:${result.data[variable]}`,
  });
  const parts = {
    localTenant: part(
      'local-tenant',
      'the local tenant (it stands in for Entra ID and Microsoft Graph)',
      'LOCAL_TENANT_PORT',
    ),
    downstreamApi: part('downstream-api', 'the downstream API (leave)', 'DOWNSTREAM_API_PORT'),
    middleTierApi: part('middle-tier-api', 'the middle-tier API', 'MIDDLE_TIER_API_PORT'),
    spa: part('spa', 'the single-page application', 'SPA_PORT'),
  };
  const all = Object.values(parts);
  const twice = all.filter(({ port }, index) => all.findIndex((other) => other.port === port) !== index);
  if (twice.length > 0) {
    throw new StartError(
      twice.map(({ port, variable }) => `Port ${port} is wanted twice: change ${variable}.`).join('\n'),
    );
  }
  return { parts, dataDirectory: resolve(root, result.data.DATA_DIRECTORY ?? '.data') };
}
