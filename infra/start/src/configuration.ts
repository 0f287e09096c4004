import { resolve } from 'node:path';
import type { Environment } from '@obo/app-registration';
import { z } from 'zod';

/** A reason not to start that the developer can act on: printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** A TCP port that a service needs. */
export interface Port {
  number: number;
  /** The variable that changes it. */
  variable: string;
  /** What it is for, such as `Port for the SPA`. */
  description: string;
}

export const port = z.coerce.number('must be a port number').int().min(1).max(65_535);

/** The environment variables of `start`. */
export const variablesSchema = z.object({
  SPA_PORT: port.default(3000).describe('Port for the SPA'),
  MIDDLE_TIER_API_PORT: port.default(4000).describe('Port for the middle-tier API'),
  DOWNSTREAM_API_PORT: port.default(4100).describe('Port for the downstream API'),
  MIDDLE_TIER_API_METRICS_PORT: port.optional().describe('Port for the metrics of the middle-tier API'),
  DOWNSTREAM_API_METRICS_PORT: port.optional().describe('Port for the metrics of the downstream API'),
  DATA_DIRECTORY: z.string().default('.data').describe('Folder for all state'),
});

export interface Configuration {
  urls: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', string>>;
  /** Where the APIs serve `GET /metrics`, if they do. */
  metricsPorts: Readonly<Record<'middleTierApi' | 'downstreamApi', number | undefined>>;
  /** All ports, which must be free. */
  ports: readonly Port[];
  /** Folder for all state: deleting it is a full reset. */
  dataDirectory: string;
}

/** The apps, registered in a tenant. */
export interface RegisteredApps {
  configuration: Configuration;
  environments: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** Tells the developer how to sign in, in lines. */
  signInHelp: readonly string[];
}

/**
 * Reads the ports of the apps, and where state is kept.
 *
 * @param root The repository's folder.
 * @throws {StartError} naming each invalid variable.
 */
export function readConfiguration(env: Variables, root: string): Configuration {
  const variables = parseVariables(variablesSchema, env);
  return {
    urls: {
      spa: localUrl(variables.SPA_PORT),
      middleTierApi: localUrl(variables.MIDDLE_TIER_API_PORT),
      downstreamApi: localUrl(variables.DOWNSTREAM_API_PORT),
    },
    metricsPorts: {
      middleTierApi: variables.MIDDLE_TIER_API_METRICS_PORT,
      downstreamApi: variables.DOWNSTREAM_API_METRICS_PORT,
    },
    ports: portsIn(variablesSchema, variables),
    dataDirectory: resolve(root, variables.DATA_DIRECTORY),
  };
}

/**
 * Parses environment variables. Empty ones count as missing.
 *
 * @throws {StartError} naming each invalid variable.
 */
export function parseVariables<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Variables,
): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${String(path[0])}: ${message}`);
  throw new StartError(`These environment variables are invalid:\n${lines.join('\n')}`);
}

/** Lists the ports among parsed variables, with their descriptions. */
export function portsIn(schema: z.ZodObject, variables: Readonly<Record<string, unknown>>): Port[] {
  return Object.entries(variables).flatMap(([variable, number]) =>
    typeof number === 'number'
      ? [{ variable, number, description: schema.shape[variable]?.description ?? variable }]
      : [],
  );
}

export const localUrl = (port: number): string => `http://localhost:${port}`;
