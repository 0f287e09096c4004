import {
  applicationIdUri,
  guid,
  httpUrl,
  lowerCaseGuids,
  parseConfiguration,
} from '@obo/service-defaults/configuration';
import { z } from 'zod';

const endpoint = z.url({ protocol: /^https?$/ });
const zeros = '00000000-0000-0000-0000-000000000000';

const authorityMetadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  end_session_endpoint: endpoint.optional(),
});

const authorityMetadata = z.string().transform((text, context) => {
  try {
    return authorityMetadataSchema.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON with the five members' });
    return z.NEVER;
  }
});

/** The environment variables of the command line. */
export const variablesSchema = z.object({
  CLIENT_ID: guid('must be the application (client) ID, a GUID').meta({
    description: "The command line's application (client) ID.",
    example: zeros,
  }),
  AUTHORITY: z
    .url({ protocol: /^https$/, error: 'must be an https URL with the tenant' })
    .overwrite((url) => lowerCaseGuids(url).replace(/\/v2\.0\/*$/, ''))
    .meta({
      description: 'https URL of the identity provider that ends with the tenant.',
      example: `https://login.microsoftonline.com/${zeros}`,
    }),
  AUTHORITY_METADATA: authorityMetadata.optional().meta({
    description:
      'OpenID configuration as JSON, as for the SPA. With it, nothing is fetched from `AUTHORITY`. Omit it for Entra ID.',
    example: '{"issuer":"…"}',
  }),
  API_BASE_URL: httpUrl.meta({
    description: 'URL of the middle-tier API.',
    example: 'http://localhost:4000',
  }),
  API_APP_ID_URI: applicationIdUri.meta({
    description: "The middle tier's Application ID URI, from its own registration.",
    example: `api://${zeros}`,
  }),
});

export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigurationError} naming every missing or invalid variable.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const variables = parseConfiguration(variablesSchema, env);
  return {
    clientId: variables.CLIENT_ID,
    authority: variables.AUTHORITY,
    authorityMetadata: variables.AUTHORITY_METADATA,
    apiBaseUrl: variables.API_BASE_URL,
    apiAppIdUri: variables.API_APP_ID_URI,
  };
}
