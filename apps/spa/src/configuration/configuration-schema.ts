import { z } from './zod.ts';

/** Tokens have GUIDs in lower case. */
const lowerCaseGuids = z.overwrite((text: string) =>
  text.replace(/[\dA-F]{8}(-[\dA-F]{4}){3}-[\dA-F]{12}/gi, (guid) => guid.toLowerCase()),
);
const endpoint = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/**
 * Describes the environment that the SPA runs in, as `/configuration.json` states it. None of it is a secret:
 * every visitor can read it.
 */
export const spaConfigurationSchema = z.object({
  /** Application (client) ID of the SPA's registration. */
  clientId: z.guid('must be the application (client) ID, a GUID').check(lowerCaseGuids),
  /** https URL of the identity provider with the tenant, such as `https://login.microsoftonline.com/{tenant}`. */
  authority: z.url({ protocol: /^https$/, error: 'must be an https URL with the tenant' }).check(
    lowerCaseGuids,
    z.overwrite((url) => url.replace(/\/v2\.0\/*$/, '')),
  ),
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
  /** Base URL of the middle-tier API; paths such as `/api/overview` are appended. */
  apiBaseUrl: endpoint,
  /** Application ID URI of the middle-tier API; its scopes are appended. */
  apiAppIdUri: z
    .url({ protocol: /^(api|https)$/, error: 'must be an Application ID URI such as api://{appId}' })
    .check(lowerCaseGuids),
  /** Base URL of the OpenTelemetry collector for traces from browsers; without it nothing is traced. */
  otlpEndpoint: z.optional(endpoint),
  /** Where a request can be looked up by its correlation ID, which replaces `{correlationId}`. */
  requestUrl: z.optional(endpoint.check(z.includes('{correlationId}', 'must contain {correlationId}'))),
  /** Whether the middle tier adds approved leave to calendars. */
  calendar: z.optional(z.boolean('must be true or false')),
});

export type SpaConfiguration = z.output<typeof spaConfigurationSchema>;

/** Returns the URL at which a collector accepts traces (OTLP over HTTP). */
export const traceEndpointOf = (otlpEndpoint: string): string =>
  `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
