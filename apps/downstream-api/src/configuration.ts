import { accessTokenOptionsOf, accessTokenVariables, authorityOfTenant } from '@obo/access-token';
import { parseConfiguration, serviceOptionsOf, serviceVariables } from '@obo/service-defaults/configuration';
import { z } from 'zod';
import type { DatabaseLocation } from './database/database.ts';

/** The environment variables of the downstream API. */
export const variablesSchema = z
  .object({
    ...accessTokenVariables,
    ALLOWED_CLIENT_IDS: accessTokenVariables.ALLOWED_CLIENT_IDS.meta({
      description: 'Application (client) ID of the middle tier, which may call. Separate several by commas.',
    }),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres URL' })
      .optional()
      .meta({
        description:
          'PostgreSQL server and database. Several instances may share it. Tables are created at startup. Without it, PostgreSQL runs inside the process (PGlite).',
        example: 'postgres://user:password@localhost:5432/leave',
      }),
    DATA_DIRECTORY: z.string().default('.data').meta({
      description:
        'Where PGlite stores its files, if `DATABASE_URL` is not set. For development: one instance on one machine, and a power failure may lose the last requests.',
    }),
    LEAVE_ENTITLEMENT_DAYS: z.coerce
      .number('must be a number of days')
      .int('must be a whole number of days')
      .min(0, 'must not be negative')
      .max(366, 'must be at most 366')
      .default(25)
      .meta({
        description:
          'Working days of leave that a user has in a year. It is fixed for a user and a year by their first request.',
      }),
    ...serviceVariables,
    PORT: serviceVariables.PORT.default(4100),
    // All requests come from the middle tier's address: with a limit, one user could lock out all others.
    RATE_LIMIT_PER_ADDRESS: serviceVariables.RATE_LIMIT_PER_ADDRESS.default(0),
    RATE_LIMIT_PER_USER: serviceVariables.RATE_LIMIT_PER_USER.default(1200),
  })
  .refine(...authorityOfTenant);

/** The configuration of the downstream API. */
export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the configuration of the downstream API from environment variables.
 *
 * @throws {ConfigurationError} with every missing or invalid variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  const { DATABASE_URL: url, DATA_DIRECTORY: directory } = variables;
  const database: DatabaseLocation = url === undefined ? { directory } : { url };
  return {
    ...serviceOptionsOf(variables),
    ...accessTokenOptionsOf(variables),
    database,
    entitlementDays: variables.LEAVE_ENTITLEMENT_DAYS,
  };
}
