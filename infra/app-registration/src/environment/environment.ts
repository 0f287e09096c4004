import { type AppKey, forEachApp, forEachServedApp, type ServedKey } from '../apps.ts';

/** Environment variables of one app, by name. */
export type Environment = Readonly<Record<string, string>>;

/** Origins, without a trailing slash. Each app listens on the port of its origin, or on its default port. */
export type Urls = Readonly<
  Partial<Record<ServedKey, string>> & Record<'spa' | 'middleTierApi', string> & { bff?: string | undefined }
>;

export interface EnvironmentParameters {
  tenantId: string;
  appIds: Readonly<Record<AppKey, string>>;
  /** Variables that give each app its credential. */
  credentials: Readonly<Partial<Record<AppKey, Environment>>>;
  /** https URL of the identity provider and tenant. */
  authority: string;
  /** Discovery document of an authority whose own is not to be read; omitted for Entra ID. */
  authorityMetadata?: Readonly<Record<string, string>>;
  graphBaseUrl: string;
  /** Start of Graph's scopes where it is not `https://graph.microsoft.com`: in national clouds. */
  graphResource?: string | undefined;
  urls: Urls;
  /** More origins that the SPA is served from. */
  moreSpaUrls?: readonly string[] | undefined;
  /** Address of the MCP server; omitted without one. */
  mcpUrl?: string | undefined;
  /** Redirect URIs of a mobile app; omitted without one. */
  mobileRedirectUris?: readonly string[] | undefined;
  /** Tenants whose users may use the apps, including the home tenant; omitted when it is the only one. */
  allowedTenantIds?: readonly string[] | undefined;
}

/** Where `start` serves the apps by default. */
export const defaultUrls = forEachServedApp(({ port }) => `http://localhost:${port}`);

const graphScopes = ['User.Read', 'User.ReadBasic.All'];

/** Returns the environment variables with which each app works as registered. */
export function environments(parameters: EnvironmentParameters): Readonly<Record<AppKey, Environment>> {
  const { tenantId, appIds, credentials, authority, authorityMetadata, graphBaseUrl } = parameters;
  const urls = { ...defaultUrls, ...parameters.urls };
  const { graphResource, moreSpaUrls = [], mcpUrl, mobileRedirectUris, allowedTenantIds } = parameters;
  const identityProvider = {
    AUTHORITY: authority,
    ...(authorityMetadata && { AUTHORITY_METADATA: JSON.stringify(authorityMetadata) }),
  };
  const tenants = allowedTenantIds && { ALLOWED_TENANT_IDS: allowedTenantIds.join(',') };
  const apiBehind = (key: ServedKey): Environment => ({
    PORT: portOf(urls[key]),
    TENANT_ID: tenantId,
    ...identityProvider,
    CLIENT_ID: appIds[key],
    ...tenants,
    ALLOWED_CLIENT_IDS: appIds.middleTierApi,
  });
  const client = (key: AppKey): Environment => ({
    ...identityProvider,
    ...(allowedTenantIds && { AUTHORITY: new URL('/organizations', authority).href }),
    CLIENT_ID: appIds[key],
    API_BASE_URL: urls.middleTierApi,
    API_APP_ID_URI: `api://${appIds.middleTierApi}`,
  });
  return {
    spa: {
      SPA_PORT: portOf([urls.spa, ...moreSpaUrls].find(isOnThisMachine) ?? urls.spa),
      ...client('spa'),
    },
    middleTierApi: {
      PORT: portOf(urls.middleTierApi),
      TENANT_ID: tenantId,
      ...identityProvider,
      CLIENT_ID: appIds.middleTierApi,
      ...credentials.middleTierApi,
      ...tenants,
      // An app that is not described has no ID.
      ALLOWED_CLIENT_IDS: [appIds.spa, appIds.cli, appIds.bff, appIds.mcpClient, appIds.mobile]
        .filter(Boolean)
        .join(','),
      // The backend for frontend calls without CORS. Its users come back from the page that asks for consent.
      ALLOWED_ORIGINS: [urls.spa, ...moreSpaUrls, ...(urls.bff === undefined ? [] : [urls.bff])].join(','),
      GRAPH_BASE_URL: graphBaseUrl,
      ...(graphResource !== undefined && {
        GRAPH_SCOPES: graphScopes.map((scope) => `${graphResource}/${scope}`).join(' '),
      }),
      DOWNSTREAM_API_BASE_URL: urls.downstreamApi,
      DOWNSTREAM_API_APP_ID_URI: `api://${appIds.downstreamApi}`,
      ...(mcpUrl !== undefined && { MCP_URL: mcpUrl }),
    },
    downstreamApi: apiBehind('downstreamApi'),
    cli: client('cli'),
    // No program reads it: it is for people who set up an agent.
    mcpClient: mcpUrl === undefined ? {} : { MCP_URL: mcpUrl, CLIENT_ID: appIds.mcpClient },
    // Nor this: it says what a mobile app has to be configured with.
    mobile: mobileRedirectUris?.length
      ? { ...client('mobile'), REDIRECT_URIS: mobileRedirectUris.join(',') }
      : {},
    bff:
      urls.bff === undefined
        ? {}
        : { PORT: portOf(urls.bff), PUBLIC_URL: urls.bff, ...client('bff'), ...credentials.bff },
  };
}

/** Checks whether a URL is served by the developer's own machine. Names under `localhost` are (RFC 6761 §6.3). */
export const isOnThisMachine = (url: string): boolean =>
  /^(([^.]+\.)*localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);

/** Variables that give an app its credential. Exactly one of them must be set. */
export const credentialVariables = [
  'CLIENT_SECRET',
  'CLIENT_CERTIFICATE_FILE',
  'MANAGED_IDENTITY_CLIENT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
];

/** Lists the variables that {@link environments} always sets and these lack. */
export function missingVariables(app: AppKey, environment: Environment): string[] {
  const missing = Object.keys(environments(sample)[app]).filter((name) => !environment[name]);
  const hasCredential = credentialVariables.some((name) => environment[name]);
  return (app === 'middleTierApi' || app === 'bff') && !hasCredential
    ? [...missing, `one of ${credentialVariables.join(', ')}`]
    : missing;
}

const url = 'http://localhost';
const sample: EnvironmentParameters = {
  tenantId: 'id',
  appIds: forEachApp(() => 'id'),
  credentials: {},
  authority: url,
  graphBaseUrl: url,
  urls: { ...forEachServedApp(() => url), bff: url },
};

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
