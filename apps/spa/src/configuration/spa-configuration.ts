import { z } from './zod.ts';

const endpoint = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/**
 * What the SPA must know about its environment, as `/configuration.json` says it. None of it is a secret:
 * every visitor can read it.
 */
export const spaConfigurationSchema = z.object({
  /** Application (client) id of the SPA's registration. */
  clientId: z.guid('must be the application (client) id, a GUID'),
  /** https URL of the identity provider with the tenant, such as `https://login.microsoftonline.com/{tenant}`. */
  authority: z.url({ protocol: /^https$/, error: 'must be an https URL with the tenant' }),
  /** Stands in for the discovery document (OpenID Connect Discovery 1.0, section 3), which is then not fetched. */
  authorityMetadata: z.optional(
    z.object({
      issuer: endpoint,
      jwks_uri: endpoint,
      authorization_endpoint: endpoint,
      token_endpoint: endpoint,
      end_session_endpoint: endpoint,
    }),
  ),
  /** Where the middle-tier API answers; paths such as `/api/overview` go behind it. */
  apiBaseUrl: endpoint,
  /** Application ID URI of the middle-tier API; its scopes go behind it. */
  apiAppIdUri: z.url({
    protocol: /^(api|https)$/,
    error: 'must be an Application ID URI such as api://{appId}',
  }),
  /** The OpenTelemetry collector that takes traces from browsers, without its path; no traces if it is left out. */
  otlpEndpoint: z.optional(endpoint),
});

export type SpaConfiguration = z.output<typeof spaConfigurationSchema>;
