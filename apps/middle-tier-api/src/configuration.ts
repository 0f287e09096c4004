import { accessTokenOptionsOf, accessTokenVariables, authorityOfTenant } from '@obo/access-token';
import { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from '@obo/on-behalf-of';
import {
  applicationIdUri,
  commaSeparated,
  httpUrl,
  parseConfiguration,
  serviceOptionsOf,
  serviceVariables,
  webOrigin,
} from '@obo/service-defaults/configuration';
import { z } from 'zod';
import { calendarKeysRequired, calendarOptionsOf, calendarVariables } from './calendar/calendar-variables.ts';
import { mcpOptionsOf, mcpVariables } from './mcp/mcp-variables.ts';

/** The environment variables of this API. */
export const variablesSchema = withOnBehalfOfRules(
  z.object({
    ...accessTokenVariables,
    ALLOWED_CLIENT_IDS: accessTokenVariables.ALLOWED_CLIENT_IDS.meta({
      description: 'Application (client) ID of the SPA, which may call. Separate several by commas.',
    }),
    ALLOWED_ORIGINS: commaSeparated(webOrigin).meta({
      description:
        'Origins that browsers may call from, separated by commas, without a path or trailing slash.',
      example: 'http://localhost:3000',
    }),
    ...onBehalfOfVariables,
    GRAPH_BASE_URL: httpUrl.prefault('https://graph.microsoft.com/v1.0').meta({
      description: 'Microsoft Graph with its version. National clouds have other addresses.',
    }),
    GRAPH_SCOPES: z
      .string()
      .transform((text) => text.split(/\s+/).filter(Boolean))
      .prefault('https://graph.microsoft.com/User.Read https://graph.microsoft.com/User.ReadBasic.All')
      .meta({ description: 'Microsoft Graph scopes, each with its resource, separated by spaces.' }),
    DOWNSTREAM_API_BASE_URL: httpUrl.meta({
      description: 'URL of the downstream API.',
      example: 'http://localhost:4100',
    }),
    DOWNSTREAM_API_APP_ID_URI: applicationIdUri.meta({
      description: "The downstream API's Application ID URI, from its own registration.",
      example: 'api://00000000-0000-0000-0000-000000000000',
    }),
    ...calendarVariables,
    ...mcpVariables,
    ...serviceVariables,
    PORT: serviceVariables.PORT.default(4000),
    RATE_LIMIT_PER_ADDRESS: serviceVariables.RATE_LIMIT_PER_ADDRESS.default(3_000),
    RATE_LIMIT_PER_USER: serviceVariables.RATE_LIMIT_PER_USER.default(300),
  }),
)
  .refine(...authorityOfTenant)
  .refine(...calendarKeysRequired);

export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the middle tier's configuration from environment variables.
 *
 * @throws {ConfigurationError} naming every missing or invalid variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  const accessTokenOptions = accessTokenOptionsOf(variables);
  const downstream = variables.DOWNSTREAM_API_APP_ID_URI;
  return {
    ...serviceOptionsOf(variables),
    ...accessTokenOptions,
    ...onBehalfOfOptionsOf(variables),
    allowedOrigins: variables.ALLOWED_ORIGINS,
    /** The scope with which one consent covers this API and the resources behind it. */
    consentScope: `${accessTokenOptions.appIdUri}/.default`,
    calendar: calendarOptionsOf(variables),
    mcp: mcpOptionsOf(variables),
    graph: { baseUrl: variables.GRAPH_BASE_URL, scopes: variables.GRAPH_SCOPES },
    downstream: {
      baseUrl: variables.DOWNSTREAM_API_BASE_URL,
      scopes: {
        read: [`${downstream}/Leave.Read`],
        write: [`${downstream}/Leave.ReadWrite`],
        approve: [`${downstream}/Leave.Approve`],
      },
    },
  };
}
