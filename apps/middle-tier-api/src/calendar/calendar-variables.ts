import type { KeyRing } from '@obo/on-behalf-of';
import { databaseLocationOf, databaseVariables, httpUrl } from '@obo/service-defaults/configuration';
import { z } from 'zod';

/** Variables for what this API does while its users are away. Without `PUBLIC_URL` there is none of it. */
export const calendarVariables = {
  PUBLIC_URL: httpUrl.optional().meta({
    description:
      "This API's own address, as browsers reach it. With it, users can have approved leave added to their calendars, which requires `TOKEN_CACHE_KEYS` and a database. See [later](../explanation/later.md).",
    example: 'http://localhost:4000',
  }),
  LONG_RUNNING_SESSION_DAYS: z.coerce
    .number('must be a number of days')
    .int('must be a whole number of days')
    .min(1, 'must be at least 1')
    .max(366, 'must be at most 366')
    .default(90)
    .meta({
      description:
        'Days after which a user has to ask again for what happens while they are away. Entra ends a session that is not used for 90 days.',
    }),
  DATABASE_URL: databaseVariables.DATABASE_URL.meta({
    description:
      'With `PUBLIC_URL`: PostgreSQL server and database for sessions and the queue. Several instances may share it. Tables are created at startup. Without it, PostgreSQL runs inside the process (PGlite).',
    example: 'postgres://user:password@localhost:5432/middle_tier',
  }),
  DATA_DIRECTORY: databaseVariables.DATA_DIRECTORY,
};

interface Variables extends z.output<z.ZodObject<typeof calendarVariables>> {
  TOKEN_CACHE_KEYS?: KeyRing | undefined;
  GRAPH_SCOPES: readonly string[];
}

/** Checks that refresh tokens are not stored unencrypted: `.refine(...calendarKeysRequired)`. */
export const calendarKeysRequired = [
  ({ PUBLIC_URL, TOKEN_CACHE_KEYS }: Partial<Variables>): boolean =>
    PUBLIC_URL === undefined || TOKEN_CACHE_KEYS !== undefined,
  {
    path: ['TOKEN_CACHE_KEYS'],
    // Also when other variables are invalid: one message names every problem.
    when: () => true,
    error: 'must be set if PUBLIC_URL is, because refresh tokens are not stored unencrypted',
  },
] satisfies Parameters<z.ZodType<Partial<Variables>>['refine']>;

/** Reads the options of the calendar from the variables: undefined without it. */
export function calendarOptionsOf(variables: Variables) {
  const { PUBLIC_URL: publicUrl, TOKEN_CACHE_KEYS: keys, GRAPH_SCOPES: graphScopes } = variables;
  if (publicUrl === undefined || keys === undefined) return undefined;
  const [graphScope = ''] = graphScopes;
  return {
    publicUrl,
    keys,
    sessionDays: variables.LONG_RUNNING_SESSION_DAYS,
    database: databaseLocationOf(variables),
    scopes: [`${graphScope.slice(0, graphScope.lastIndexOf('/'))}/Calendars.ReadWrite`],
  };
}
