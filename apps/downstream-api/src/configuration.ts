import { accessTokenVariables, authorityOf, authorityVariables } from '@obo/access-token';
import { commaSeparated, parseConfiguration, serviceVariables } from '@obo/service-defaults/configuration';
import { rateLimitVariables, telemetryOf, telemetryVariables } from '@obo/service-defaults/server';
import { z } from 'zod';
import type { DatabaseLocation } from './database/database.ts';

/** The environment variables this API reads. */
export const variablesSchema = z.object({
  ...serviceVariables,
  PORT: serviceVariables.PORT.default(4100),
  ...authorityVariables,
  ...accessTokenVariables,
  ...rateLimitVariables,
  ...telemetryVariables,
  // Everybody comes from the middle tier's address: a limit on it would lock out all for one.
  RATE_LIMIT_PER_ADDRESS: rateLimitVariables.RATE_LIMIT_PER_ADDRESS.default(0),
  RATE_LIMIT_PER_USER: rateLimitVariables.RATE_LIMIT_PER_USER.default(1200),
  CLIENT_ID: z.guid('must be a GUID').describe("The downstream API's own Application (client) ID"),
  ALLOWED_CLIENT_IDS: commaSeparated(z.guid('must be GUIDs')).describe(
    "The middle tier's Application (client) ID; several are separated by commas",
  ),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres URL' })
    .optional()
    .describe('A PostgreSQL server, such as postgres://user:password@localhost:5432/leave'),
  DATA_DIRECTORY: z
    .string()
    .default('.data')
    .describe('Where PostgreSQL inside this process keeps its files, if DATABASE_URL is not set'),
  LEAVE_ENTITLEMENT_DAYS: z.coerce
    .number('must be a number of days')
    .int('must be a whole number of days')
    .min(0, 'must not be negative')
    .max(366, 'must be at most 366')
    .default(25)
    .describe('Working days of leave that a person has in a year'),
});

/** What the downstream API needs to know, and where it came from in the environment. */
export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the downstream API's configuration.
 *
 * @throws {ConfigurationError} naming every missing or wrong variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  const { DATABASE_URL: url, DATA_DIRECTORY: directory } = variables;
  const database: DatabaseLocation = url === undefined ? { directory } : { url };
  return {
    host: variables.HOST,
    port: variables.PORT,
    logLevel: variables.LOG_LEVEL,
    authority: authorityOf(variables),
    validator: variables.ACCESS_TOKEN_VALIDATOR,
    explainRefusals: variables.EXPLAIN_REFUSALS,
    rateLimitPerAddress: variables.RATE_LIMIT_PER_ADDRESS,
    rateLimitPerUser: variables.RATE_LIMIT_PER_USER,
    trustedProxyHops: variables.TRUSTED_PROXY_HOPS,
    telemetry: telemetryOf(variables),
    clientId: variables.CLIENT_ID,
    allowedClientIds: variables.ALLOWED_CLIENT_IDS,
    database,
    entitlementDays: variables.LEAVE_ENTITLEMENT_DAYS,
  };
}
