import { resolve } from 'node:path';
import { z } from 'zod';

const anyPort = z.coerce.number('must be a port number').int().min(1).max(65_535);
const port = (preset: number) => anyPort.default(preset);

const schema = z.object({
  SPA_PORT: port(3000),
  MIDDLE_TIER_API_PORT: port(4000),
  DOWNSTREAM_API_PORT: port(4100),
  LOCAL_TENANT_PORT: port(4400),
  MIDDLE_TIER_API_METRICS_PORT: anyPort.optional(),
  DOWNSTREAM_API_METRICS_PORT: anyPort.optional(),
  DATA_DIRECTORY: z.string().optional(),
});

/** A port that something wants, and the variable that changes it. */
export interface WantedPort {
  port: number;
  purpose: string;
  variable: Exclude<keyof z.output<typeof schema>, 'DATA_DIRECTORY'>;
}

/** One process that `start` runs, and the port it is reached at. */
export interface Part extends WantedPort {
  /** As it is called in messages and in front of its output. */
  name: string;
  url: string;
}

export type PartName = 'localTenant' | 'downstreamApi' | 'middleTierApi' | 'spa';

/** The ports are not what they should be; the message names each variable. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Configuration {
  parts: Record<PartName, Part>;
  /** Where the APIs answer `GET /metrics`, if they are to. */
  metrics: Record<'middleTierApi' | 'downstreamApi', WantedPort | undefined>;
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
  const part = (
    name: string,
    purpose: string,
    variable: 'SPA_PORT' | 'MIDDLE_TIER_API_PORT' | 'DOWNSTREAM_API_PORT' | 'LOCAL_TENANT_PORT',
  ): Part => ({
    name,
    purpose,
    variable,
    port: result.data[variable],
    url: `http://localhost:${result.data[variable]}`,
  });
  const metricsOf = (
    purpose: string,
    variable: 'MIDDLE_TIER_API_METRICS_PORT' | 'DOWNSTREAM_API_METRICS_PORT',
  ): WantedPort | undefined => {
    const { [variable]: wanted } = result.data;
    return wanted === undefined ? undefined : { port: wanted, purpose, variable };
  };
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
  const metrics = {
    middleTierApi: metricsOf('the metrics of the middle-tier API', 'MIDDLE_TIER_API_METRICS_PORT'),
    downstreamApi: metricsOf('the metrics of the downstream API', 'DOWNSTREAM_API_METRICS_PORT'),
  };
  const all = wantedPorts({ parts, metrics });
  const twice = all.filter(({ port }, index) => all.findIndex((other) => other.port === port) !== index);
  if (twice.length > 0) {
    throw new StartError(
      twice.map(({ port, variable }) => `Port ${port} is wanted twice: change ${variable}.`).join('\n'),
    );
  }
  return { parts, metrics, dataDirectory: resolve(root, result.data.DATA_DIRECTORY ?? '.data') };
}

/** Every port that must be free before anything is started. */
export const wantedPorts = ({ parts, metrics }: Pick<Configuration, 'parts' | 'metrics'>): WantedPort[] => [
  ...Object.values(parts),
  ...Object.values(metrics).filter((wanted) => wanted !== undefined),
];
