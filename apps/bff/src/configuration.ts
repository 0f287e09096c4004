import { accessTokenVariables } from '@obo/access-token';
import {
  clientCredentialOf,
  clientCredentialVariables,
  keyRingVariables,
  keysRequired,
  oneCredential,
  sharedCacheOf,
  sharedCacheVariables,
} from '@obo/on-behalf-of';
import {
  applicationIdUri,
  guid,
  httpUrl,
  lowerCaseGuids,
  parseConfiguration,
  serviceOptionsOf,
  serviceVariables,
  webOrigin,
} from '@obo/service-defaults/configuration';
import { z } from 'zod';

const zeros = '00000000-0000-0000-0000-000000000000';

/** Browsers accept a `Secure` cookie over http from this machine only (RFC 6265bis, section 5.7). */
const isSecure = (url: string): boolean => /^(https:|http:\/\/localhost(:\d+)?$)/.test(url);

/** The environment variables of the backend for frontend. */
export const variablesSchema = z
  .object({
    PUBLIC_URL: webOrigin.refine(isSecure, 'must be an https origin, or one of localhost').meta({
      description: 'Origin at which browsers reach this server.',
      example: 'http://localhost:3100',
    }),
    CLIENT_ID: guid('must be the application (client) ID, a GUID').meta({
      description: "The backend for frontend's application (client) ID.",
      example: zeros,
    }),
    AUTHORITY: z
      .url({ protocol: /^https$/, error: 'must be an https URL with the tenant' })
      .overwrite((url) => lowerCaseGuids(url).replace(/\/v2\.0\/*$/, ''))
      .meta({
        description: 'https URL of the identity provider that ends with the tenant.',
        example: `https://login.microsoftonline.com/${zeros}`,
      }),
    AUTHORITY_METADATA: accessTokenVariables.AUTHORITY_METADATA,
    ...clientCredentialVariables,
    API_BASE_URL: httpUrl.meta({
      description: 'URL of the middle-tier API.',
      example: 'http://localhost:4000',
    }),
    API_APP_ID_URI: applicationIdUri.meta({
      description: "The middle tier's Application ID URI, from its own registration.",
      example: `api://${zeros}`,
    }),
    SPA_DIRECTORY: z.string().default('../spa/dist-server').meta({
      description: 'Folder with a build of the SPA for which `VITE_TOKENS` was `server`.',
    }),
    REQUEST_URL: z.string().optional().meta({
      description: 'As for the SPA: a link on *How it works*.',
      example: 'http://localhost:4400/#conversation/{correlationId}',
    }),
    CALENDAR: z.enum(['true', 'false']).default('false').meta({
      description: 'As for the SPA: `true` if the middle tier adds approved leave to calendars.',
    }),
    MAX_SESSIONS: z.coerce.number('must be a number of sessions').int().min(1).default(10_000).meta({
      description:
        'Sessions that are kept at most. When there are more, those that were not used for longest end. Each takes about 10 kB.',
    }),
    SESSION_IDLE_MINUTES: z.coerce.number('must be a number of minutes').positive().default(60).meta({
      description: 'Minutes after which a session ends that is not used.',
    }),
    SESSION_HOURS: z.coerce.number('must be a number of hours').positive().default(12).meta({
      description: 'Hours after which a session ends in any case.',
    }),
    REDIS_URL: sharedCacheVariables.REDIS_URL.meta({
      description:
        'Redis server in which instances share sessions. Without it, they are in the memory of one process.',
      example: 'rediss://:password@localhost:6380',
    }),
    ...keyRingVariables,
    ...serviceVariables,
    PORT: serviceVariables.PORT.default(3100),
    RATE_LIMIT_PER_ADDRESS: serviceVariables.RATE_LIMIT_PER_ADDRESS.default(3_000),
  })
  .omit({ RATE_LIMIT_PER_USER: true })
  .refine(...oneCredential)
  .refine(...keysRequired);

export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigurationError} naming every missing or invalid variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  return {
    ...serviceOptionsOf({ ...variables, RATE_LIMIT_PER_USER: 0 }),
    publicUrl: variables.PUBLIC_URL,
    clientId: variables.CLIENT_ID,
    authority: variables.AUTHORITY,
    authorityMetadata: variables.AUTHORITY_METADATA,
    clientCredential: clientCredentialOf(variables),
    apiBaseUrl: variables.API_BASE_URL,
    apiAppIdUri: variables.API_APP_ID_URI,
    /** `.default` of the middle tier, so that one consent page covers it and the APIs behind it. */
    scope: `${variables.API_APP_ID_URI}/.default`,
    spaDirectory: variables.SPA_DIRECTORY,
    requestUrl: variables.REQUEST_URL,
    calendar: variables.CALENDAR === 'true',
    sessions: {
      limit: variables.MAX_SESSIONS,
      idle: variables.SESSION_IDLE_MINUTES * 60_000,
      lifetime: variables.SESSION_HOURS * 3_600_000,
    },
    redis: sharedCacheOf(variables),
  };
}
