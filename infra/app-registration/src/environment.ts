import type { ClientSecret } from './client-secret.ts';
import type { AppKey } from './description.ts';

/** Variables of one app, by name. */
export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentParameters {
  tenantId: string;
  appIds: Readonly<Record<AppKey, string>>;
  secret: ClientSecret;
  /** The identity provider with the tenant: an https URL. */
  authority: string;
  /** Discovery document for an authority that is not to be asked for one; left out for Entra ID. */
  authorityMetadata?: Readonly<Record<string, string>>;
  graphBaseUrl: string;
  /** Origins, without a slash at the end. The port of each is where the app listens. */
  urls: { spa: string; middleTierApi: string; downstreamApi: string };
}

/** What each app must be told to work with the registered apps. A pure function. */
export function environments(parameters: EnvironmentParameters): Readonly<Record<AppKey, Environment>> {
  const { tenantId, appIds, secret, authority, authorityMetadata, graphBaseUrl, urls } = parameters;
  const identityProvider = {
    AUTHORITY: authority,
    ...(authorityMetadata && { AUTHORITY_METADATA: JSON.stringify(authorityMetadata) }),
  };
  return {
    spa: {
      SPA_PORT: portOf(urls.spa),
      ...identityProvider,
      CLIENT_ID: appIds.spa,
      API_BASE_URL: urls.middleTierApi,
      API_APP_ID_URI: `api://${appIds.middleTierApi}`,
    },
    middleTierApi: {
      PORT: portOf(urls.middleTierApi),
      TENANT_ID: tenantId,
      ...identityProvider,
      CLIENT_ID: appIds.middleTierApi,
      CLIENT_SECRET: secret.secretText,
      CLIENT_SECRET_KEY_ID: secret.keyId,
      ALLOWED_CLIENT_IDS: appIds.spa,
      ALLOWED_ORIGINS: urls.spa,
      GRAPH_BASE_URL: graphBaseUrl,
      DOWNSTREAM_API_BASE_URL: urls.downstreamApi,
      DOWNSTREAM_API_APP_ID_URI: `api://${appIds.downstreamApi}`,
    },
    downstreamApi: {
      PORT: portOf(urls.downstreamApi),
      TENANT_ID: tenantId,
      ...identityProvider,
      CLIENT_ID: appIds.downstreamApi,
      ALLOWED_CLIENT_IDS: appIds.middleTierApi,
    },
  };
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
