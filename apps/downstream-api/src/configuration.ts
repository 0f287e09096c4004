import { accessTokenOptionsOf, accessTokenVariables, authorityOfTenant } from '@obo/access-token';
import {
  databaseLocationOf,
  databaseVariables,
  parseConfiguration,
  serviceOptionsOf,
  serviceVariables,
} from '@obo/service-defaults/configuration';
import { z } from 'zod';

/** The environment variables of the downstream API. */
export const variablesSchema = z
  .object({
    ...accessTokenVariables,
    ALLOWED_CLIENT_IDS: accessTokenVariables.ALLOWED_CLIENT_IDS.meta({
      description: 'Application (client) ID of the middle tier, which may call. Separate several by commas.',
    }),
    ...databaseVariables,
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
    STEP_UP_ABOVE_DAYS: z.coerce
      .number('must be a number of days')
      .int('must be a whole number of days')
      .min(0, 'must not be negative')
      .max(366, 'must be at most 366')
      .default(10)
      .meta({
        description:
          'Approving leave of more working days than these requires the authentication context in `STEP_UP_CONTEXT`. 366 for never.',
      }),
    STEP_UP_CONTEXT: z
      .string()
      .regex(/^c([1-9]|[1-9]\d)$/, 'must be the ID of an authentication context, from c1 to c99')
      .default('c1')
      .meta({
        description: 'ID of the [authentication context](../explanation/step-up.md) in the tenant.',
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
  return {
    ...serviceOptionsOf(variables),
    ...accessTokenOptionsOf(variables),
    database: databaseLocationOf(variables),
    entitlementDays: variables.LEAVE_ENTITLEMENT_DAYS,
    stepUp: { aboveDays: variables.STEP_UP_ABOVE_DAYS, context: variables.STEP_UP_CONTEXT },
  };
}
