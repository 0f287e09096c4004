import { resolve } from 'node:path';
import { z } from 'zod';

const anyPort = z.coerce.number('must be a port number').int().min(1).max(65_535);
/** A port that has a usual value. */
export const port = (preset: number) => anyPort.default(preset);

const schema = z.object({
  SPA_PORT: port(3000),
  MIDDLE_TIER_API_PORT: port(4000),
  DOWNSTREAM_API_PORT: port(4100),
  MIDDLE_TIER_API_METRICS_PORT: anyPort.optional(),
  DOWNSTREAM_API_METRICS_PORT: anyPort.optional(),
  DATA_DIRECTORY: z.string().optional(),
});

/** A port that something wants, and the variable that changes it. */
export interface WantedPort {
  port: number;
  purpose: string;
  variable: string;
}

/** One process that `start` runs, and the port it is reached at. */
export interface Part extends WantedPort {
  /** As it is called in messages and in front of its output. */
  name: string;
  url: string;
}

export type PartName = 'downstreamApi' | 'middleTierApi' | 'spa';

/** The ports are not what they should be; the message names each variable. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Configuration {
  parts: Record<PartName, Part>;
  /** Where the APIs answer `GET /metrics`, if they are to. */
  metrics: Record<'middleTierApi' | 'downstreamApi', WantedPort | undefined>;
  /** Where everything is kept: deleting it is a full reset. */
  dataDirectory: string;
}

/**
 * Reads which port each app listens on, and where state is kept.
 *
 * @param root The repository's folder.
 * @throws {StartError} when a variable is no port.
 */
export function readConfiguration(env: Variables, root: string): Configuration {
  const variables = parse(schema, env);
  const wanted = (
    purpose: string,
    variable: 'MIDDLE_TIER_API_METRICS_PORT' | 'DOWNSTREAM_API_METRICS_PORT',
  ): WantedPort | undefined => {
    const { [variable]: number } = variables;
    return number === undefined ? undefined : { port: number, purpose, variable };
  };
  return {
    parts: {
      downstreamApi: partAt(variables, 'DOWNSTREAM_API_PORT', {
        name: 'downstream-api',
        purpose: 'the downstream API (leave)',
      }),
      middleTierApi: partAt(variables, 'MIDDLE_TIER_API_PORT', {
        name: 'middle-tier-api',
        purpose: 'the middle-tier API',
      }),
      spa: partAt(variables, 'SPA_PORT', { name: 'spa', purpose: 'the single-page application' }),
    },
    metrics: {
      middleTierApi: wanted('the metrics of the middle-tier API', 'MIDDLE_TIER_API_METRICS_PORT'),
      downstreamApi: wanted('the metrics of the downstream API', 'DOWNSTREAM_API_METRICS_PORT'),
    },
    dataDirectory: resolve(root, variables.DATA_DIRECTORY ?? '.data'),
  };
}

/** @throws {StartError} naming each variable that is wrong. */
export function parse<Schema extends z.ZodType>(schema: Schema, env: Variables): z.output<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`);
  throw new StartError(`These variables are wrong:\n${lines.join('\n')}`);
}

/** A part that listens where a variable says. */
export const partAt = <Variable extends string>(
  variables: Readonly<Record<Variable, number>>,
  variable: Variable,
  names: Pick<Part, 'name' | 'purpose'>,
): Part => ({
  ...names,
  variable,
  port: variables[variable],
  url: `http://localhost:${variables[variable]}`,
});

/** Every port of the apps that must be free before anything is started. */
export const wantedPorts = ({ parts, metrics }: Pick<Configuration, 'parts' | 'metrics'>): WantedPort[] => [
  ...Object.values(parts),
  ...Object.values(metrics).filter((wanted) => wanted !== undefined),
];
