import { resolve } from 'node:path';
import type { AppKey, Environment } from '@obo/app-registration';
import { forEachServedApp, portVariable, type ServedKey, servedApps } from '@obo/app-registration/apps';
import { z } from 'zod';
import type { Key } from './keys.ts';

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

const metricsPortVariable = (app: (typeof servedApps)[number]): string =>
  portVariable(app).replace(/PORT$/, 'METRICS_PORT');
const apis = servedApps.filter(({ key }) => key !== 'spa');

/** The environment variables of `start`. */
export const variablesSchema = z.object({
  ...Object.fromEntries(
    servedApps.map((app) => [
      portVariable(app),
      port.default(app.port).describe(`Port for the ${app.title}`),
    ]),
  ),
  ...Object.fromEntries(
    apis.map((api) => [
      metricsPortVariable(api),
      port.optional().describe(`Port for the metrics of the ${api.title}`),
    ]),
  ),
  BFF_PORT: port.default(3100).describe('Port for the backend for frontend, with `--bff`'),
  DATA_DIRECTORY: z.string().default('.data').describe('Folder for all state'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .default('otlp')
    .describe(
      '`none` turns traces off. Otherwise they go to `OTEL_EXPORTER_OTLP_ENDPOINT`, or to the control room of the local tenant',
    ),
});

export interface Configuration {
  urls: Readonly<Record<ServedKey, string>>;
  /** Where the backend for frontend is served; `undefined` if it is not to run. */
  bffUrl: string | undefined;
  /** Where the APIs serve `GET /metrics`, if they do. */
  metricsPorts: Readonly<Record<ServedKey, number | undefined>>;
  /** All ports, which must be free. */
  ports: readonly Port[];
  /** Folder for all state: deleting it is a full reset. */
  dataDirectory: string;
  /** Where traces go: empty for nowhere, `undefined` if that is not configured. */
  collector: string | undefined;
}

/** The apps, registered in a tenant. */
export interface RegisteredApps {
  configuration: Configuration;
  environments: Readonly<Record<AppKey, Environment>>;
  /** Tells the developer how to sign in, in lines. */
  signInHelp: readonly string[];
  /** Where the apps send their traces; empty for nowhere. */
  collector: string;
  /** Keys for what only this tenant can do. */
  keys: readonly Key[];
}

/**
 * Reads the ports of the apps, and where state is kept.
 *
 * @param root The repository's folder.
 * @param bff Whether the backend for frontend is to run.
 * @throws {StartError} naming each invalid variable.
 */
export function readConfiguration(env: Variables, root: string, bff = false): Configuration {
  const variables = parseVariables(variablesSchema, env);
  const ports = portsIn(variablesSchema, variables).filter(({ variable }) => bff || variable !== 'BFF_PORT');
  const portIn = (name: string) => ports.find(({ variable }) => variable === name)?.number;
  return {
    urls: forEachServedApp((app) => localUrl(portIn(portVariable(app)) ?? app.port)),
    bffUrl: bff ? localUrl(variables.BFF_PORT) : undefined,
    metricsPorts: forEachServedApp((app) => portIn(metricsPortVariable(app))),
    ports,
    dataDirectory: resolve(root, variables.DATA_DIRECTORY),
    collector:
      variables.OTEL_TRACES_EXPORTER === 'none' ? '' : env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || undefined,
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
