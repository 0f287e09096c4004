import { accessTokenOptionsOf, accessTokenVariables } from '@obo/access-token';
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
  serviceOptionsOf,
  serviceVariables,
  webOrigin,
} from '@obo/service-defaults/configuration';
import { z } from 'zod';

const allVariables = z.object({
  ...accessTokenVariables,
  ALLOWED_CLIENT_IDS: accessTokenVariables.ALLOWED_CLIENT_IDS.meta({
    description: 'Application (client) ID of the SPA, which may call. Separate several by commas.',
  }),
  ALLOWED_ORIGINS: commaSeparated(webOrigin).meta({
    description:
      'Origins that browsers may call from, separated by commas, without a path or trailing slash.',
    example: 'http://localhost:3000',
  }),
  ...clientCredentialVariables,
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
  DOWNSTREAM_API_APP_ID_URI: z.string().min(1).meta({
    description: "The downstream API's Application ID URI, from its own registration.",
    example: 'api://00000000-0000-0000-0000-000000000000',
  }),
  TOKEN_CACHE_MEGABYTES: z.coerce
    .number('must be a number of megabytes')
    .int('must be a whole number of megabytes')
    .min(1, 'must be at least 1')
    .default(128)
    .meta({
      description:
        'Memory for the tokens cached in this process, in MB. 128 are enough for about 25,000 users. When it is full, the tokens that were not used for longest are removed.',
    }),
  ...distributedCacheVariables,
  ...serviceVariables,
  PORT: serviceVariables.PORT.default(4000),
  RATE_LIMIT_PER_ADDRESS: serviceVariables.RATE_LIMIT_PER_ADDRESS.default(3000),
  RATE_LIMIT_PER_USER: serviceVariables.RATE_LIMIT_PER_USER.default(300),
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
    ...serviceOptionsOf(variables),
    ...accessTokenOptionsOf(variables),
    clientCredential: clientCredentialOf(variables),
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
