import type { AppKey } from '../description.ts';

/** Variables of one app, by name. */
export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentParameters {
  tenantId: string;
  appIds: Readonly<Record<AppKey, string>>;
  /** What tells the middle tier how to prove who it is. */
  credential: Environment;
  /** The identity provider with the tenant: an https URL. */
  authority: string;
  /** Discovery document for an authority that is not to be asked for one; left out for Entra ID. */
  authorityMetadata?: Readonly<Record<string, string>>;
  graphBaseUrl: string;
  /** What Graph's scopes start with, if not with `https://graph.microsoft.com`: in national clouds. */
  graphResource?: string | undefined;
  /** Origins, without a slash at the end. The port of each is where the app listens. */
  urls: { spa: string; middleTierApi: string; downstreamApi: string };
  /** More origins that the SPA is served from. */
  moreSpaUrls?: readonly string[] | undefined;
  /** The tenants whose people may use the apps, the own one among them, when there are others. */
  allowedTenantIds?: readonly string[] | undefined;
}

const graphScopes = ['User.Read', 'User.ReadBasic.All'];

/** What each app must be told to work with the registered apps. A pure function. */
export function environments(parameters: EnvironmentParameters): Readonly<Record<AppKey, Environment>> {
  const { tenantId, appIds, credential, authority, authorityMetadata, graphBaseUrl, urls } = parameters;
  const { graphResource, moreSpaUrls = [], allowedTenantIds } = parameters;
  const identityProvider = {
    AUTHORITY: authority,
    ...(authorityMetadata && { AUTHORITY_METADATA: JSON.stringify(authorityMetadata) }),
  };
  const people = allowedTenantIds && { ALLOWED_TENANT_IDS: allowedTenantIds.join(',') };
  return {
    spa: {
      SPA_PORT: portOf([urls.spa, ...moreSpaUrls].find(isOnThisMachine) ?? urls.spa),
      ...identityProvider,
      ...(allowedTenantIds && { AUTHORITY: new URL('/organizations', authority).href }),
      CLIENT_ID: appIds.spa,
      API_BASE_URL: urls.middleTierApi,
      API_APP_ID_URI: `api://${appIds.middleTierApi}`,
    },
    middleTierApi: {
      PORT: portOf(urls.middleTierApi),
      TENANT_ID: tenantId,
      ...identityProvider,
      CLIENT_ID: appIds.middleTierApi,
      ...credential,
      ...people,
      ALLOWED_CLIENT_IDS: appIds.spa,
      ALLOWED_ORIGINS: [urls.spa, ...moreSpaUrls].join(','),
      GRAPH_BASE_URL: graphBaseUrl,
      ...(graphResource !== undefined && {
        GRAPH_SCOPES: graphScopes.map((scope) => `${graphResource}/${scope}`).join(' '),
      }),
      DOWNSTREAM_API_BASE_URL: urls.downstreamApi,
      DOWNSTREAM_API_APP_ID_URI: `api://${appIds.downstreamApi}`,
    },
    downstreamApi: {
      PORT: portOf(urls.downstreamApi),
      TENANT_ID: tenantId,
      ...identityProvider,
      CLIENT_ID: appIds.downstreamApi,
      ...people,
      ALLOWED_CLIENT_IDS: appIds.middleTierApi,
    },
  };
}

/** Whether an address is one that a developer's own machine serves. */
export const isOnThisMachine = (url: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** How the middle tier may be told to prove who it is: exactly one of these. */
export const credentialVariables = [
  'CLIENT_SECRET',
  'CLIENT_CERTIFICATE_FILE',
  'MANAGED_IDENTITY_CLIENT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
];

/** What an app's variables lack of what {@link environments} gives it in any case. */
export function missingVariables(app: AppKey, environment: Environment): string[] {
  const needed = Object.keys(environments(anything)[app]).filter((name) => !environment[name]);
  const hasCredential = credentialVariables.some((name) => environment[name]);
  return app === 'middleTierApi' && !hasCredential
    ? [...needed, `one of ${credentialVariables.join(', ')}`]
    : needed;
}

const url = 'http://localhost';
const anything: EnvironmentParameters = {
  tenantId: 'id',
  appIds: { spa: 'id', middleTierApi: 'id', downstreamApi: 'id' },
  credential: {},
  authority: url,
  graphBaseUrl: url,
  urls: { spa: url, middleTierApi: url, downstreamApi: url },
};

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
