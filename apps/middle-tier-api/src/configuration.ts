import { accessTokenVariables, authorityOf, authorityVariables } from '@obo/access-token';
import {
  clientCredentialOf,
  clientCredentialVariables,
  distributedCacheOf,
  distributedCacheVariables,
  hasKeys,
  hasOneCredential,
  keysMissing,
  notOneCredential,
} from '@obo/on-behalf-of';
import {
  commaSeparated,
  httpUrl,
  parseConfiguration,
  serviceVariables,
  webOrigin,
} from '@obo/service-defaults/configuration';
import { rateLimitVariables, telemetryOf, telemetryVariables } from '@obo/service-defaults/server';
import { z } from 'zod';

const allVariables = z.object({
  ...serviceVariables,
  PORT: serviceVariables.PORT.default(4000),
  ...authorityVariables,
  ...accessTokenVariables,
  ...rateLimitVariables,
  ...telemetryVariables,
  RATE_LIMIT_PER_ADDRESS: rateLimitVariables.RATE_LIMIT_PER_ADDRESS.default(3000),
  RATE_LIMIT_PER_USER: rateLimitVariables.RATE_LIMIT_PER_USER.default(300),
  CLIENT_ID: z.guid('must be a GUID').describe("The middle tier's own Application (client) ID"),
  ...clientCredentialVariables,
  ALLOWED_CLIENT_IDS: commaSeparated(z.guid('must be GUIDs')).describe(
    "The SPA's Application (client) ID; several are separated by commas",
  ),
  ALLOWED_ORIGINS: commaSeparated(webOrigin).describe(
    'The origins browsers may call from, such as http://localhost:3000',
  ),
  GRAPH_BASE_URL: httpUrl
    .default('https://graph.microsoft.com/v1.0')
    .describe('Microsoft Graph with its version'),
  GRAPH_SCOPES: z
    .string()
    .default('https://graph.microsoft.com/User.Read https://graph.microsoft.com/User.ReadBasic.All')
    .transform((text) => text.split(/\s+/).filter(Boolean))
    .describe('The Graph scopes to ask for, each with its resource, separated by spaces'),
  DOWNSTREAM_API_BASE_URL: httpUrl.describe('Where the downstream API answers'),
  DOWNSTREAM_API_APP_ID_URI: z
    .string()
    .min(1)
    .describe("The downstream API's Application ID URI, such as api://<its client ID>"),
  TOKEN_CACHE_MEGABYTES: z.coerce
    .number('must be a number of megabytes')
    .int('must be a whole number of megabytes')
    .min(1, 'must be at least 1')
    .default(128)
    .describe('Memory for the tokens that are kept in this process, in MB'),
  ...distributedCacheVariables,
});

/** The environment variables this API reads. */
export const variablesSchema = allVariables
  .refine(hasOneCredential, notOneCredential)
  .refine(hasKeys, keysMissing);

/** What the middle tier needs to know, and where it came from in the environment. */
export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the middle tier's configuration.
 *
 * @throws {ConfigurationError} naming every missing or wrong variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  const downstream = variables.DOWNSTREAM_API_APP_ID_URI;
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
    clientCredential: clientCredentialOf(variables),
    allowedClientIds: variables.ALLOWED_CLIENT_IDS,
    allowedOrigins: variables.ALLOWED_ORIGINS,
    /** What the SPA must ask for so that one consent covers this API and what is behind it. */
    consentScope: `api://${variables.CLIENT_ID}/.default`,
    graph: { baseUrl: variables.GRAPH_BASE_URL, scopes: variables.GRAPH_SCOPES },
    downstream: {
      baseUrl: variables.DOWNSTREAM_API_BASE_URL,
      scopes: { read: [`${downstream}/Leave.Read`], write: [`${downstream}/Leave.ReadWrite`] },
    },
    tokenCacheBytes: variables.TOKEN_CACHE_MEGABYTES * 1024 * 1024,
    distributedCache: distributedCacheOf(variables),
  };
}
