import type { AppKey } from './apps.ts';

/** A scope that an API exposes ("permissionScope resource type"). Never change an ID: grants refer to it. */
export interface ExposedScope {
  id: string;
  value: string;
  adminConsentDisplayName: string;
  adminConsentDescription: string;
  userConsentDisplayName: string;
  userConsentDescription: string;
}

/** One app registration. It refers to other apps by key, as their IDs are known only once they exist. */
export interface AppDescription {
  key: AppKey;
  /** Alternate key in Microsoft Graph, by which the app is found. */
  uniqueName: string;
  displayName: string;
  description: string;
  /** Which users may sign in: this tenant's, or any Entra tenant's. */
  signInAudience: 'AzureADMyOrg' | 'AzureADMultipleOrgs';
  /** Redirect URIs on the SPA platform. On another platform, Entra answers AADSTS9002326. */
  spaRedirectUris: readonly string[];
  /** Redirect URIs on the web platform. */
  webRedirectUris: readonly string[];
  /**
   * Redirect URIs on the platform for mobile and desktop applications. An app that has one is a public client: it runs
   * on users' machines, has no credential, and may use device codes.
   */
  publicClientRedirectUris: readonly string[];
  /** Identifier URIs of an API besides `api://{appId}`. */
  moreIdentifierUris: readonly string[];
  /** Where Entra tells the app that a user signed out (OpenID Connect Front-Channel Logout). */
  logoutUrl?: string | undefined;
  /** Claims of the ID token that the app needs and Entra omits by default. */
  idTokenClaims?: readonly string[];
  /** Scopes of an API. An API also has an identifier URI, `api://{appId}`, and gets v2.0 tokens. */
  exposedScopes: readonly ExposedScope[];
  /** Claims that the API needs and Entra omits by default ("Optional claims reference"). */
  accessTokenClaims: readonly string[];
  /** Delegated permissions that the app lists: `/.default` asks for these. */
  requiredScopes: readonly { resource: AppKey | 'microsoftGraph'; values: readonly string[] }[];
  /** Clients whose `/.default` sign-in asks for this app's permissions too: combined consent. */
  knownClients: readonly AppKey[];
  /** Clients that get these scopes without consent. */
  preAuthorizedClients: readonly { client: AppKey; values: readonly string[] }[];
  /** The app needs a credential: a secret, a certificate or a federated identity. */
  needsCredential: boolean;
}

export interface DescriptionParameters {
  /** Origins that the SPA is served from, without a trailing slash. */
  spaUrls: readonly string[];
  /** Origin of the middle tier, as browsers reach it. Without it, users cannot consent on the middle tier's own page. */
  middleTierUrl?: string | undefined;
  /** Address of the middle tier's MCP server. Without it, MCP clients are not registered. */
  mcpUrl?: string | undefined;
  /** Origin of the backend for frontend. Without it, that app is not described. */
  bffUrl?: string | undefined;
  /** Redirect URIs of a mobile app. Without any, that app is not described. */
  mobileRedirectUris?: readonly string[] | undefined;
  /** Users of other tenants may use the apps. */
  multiTenant?: boolean;
  /** The tenant's pages come over http, as those of the local tenant do. */
  isTenantOverHttp?: boolean;
  /** Start of each unique name. A different prefix registers a second set of apps in the same tenant. */
  namePrefix?: string;
}

export const defaultNamePrefix = 'obo';

/** Returns where users come back to when they have been asked for the permission to their calendar. */
const calendarConsentRedirectUri = (middleTierUrl: string): string =>
  `${middleTierUrl}/consent/calendar/callback`;

/** Where MCP clients are called back: VS Code, and programs on the user's machine, whose port Entra ignores. */
const mcpClientRedirectUris = [
  'http://127.0.0.1:33418',
  'https://vscode.dev/redirect',
  'http://localhost/callback',
  'http://localhost/oauth/callback',
];

const accessTokenClaims = ['acct', 'idtyp', 'xms_cc'];

/** Describes the app registrations that this project needs. `register` makes the tenant match them. */
export function describeApps({
  spaUrls,
  middleTierUrl,
  mcpUrl,
  mobileRedirectUris = [],
  bffUrl,
  multiTenant = false,
  isTenantOverHttp = false,
  namePrefix = defaultNamePrefix,
}: DescriptionParameters): readonly AppDescription[] {
  const signInAudience = multiTenant ? 'AzureADMultipleOrgs' : 'AzureADMyOrg';
  return [
    {
      key: 'downstreamApi',
      uniqueName: `${namePrefix}-downstream-api`,
      displayName: 'Leave (downstream API)',
      description: 'Keeps leave balances and leave requests. Called by the middle tier on behalf of a user.',
      signInAudience,
      spaRedirectUris: [],
      webRedirectUris: [],
      publicClientRedirectUris: [],
      moreIdentifierUris: [],
      exposedScopes: [
        {
          id: '5e1d2c7a-90b4-4f36-8a1b-c2f7d3e6a401',
          value: 'Leave.Read',
          adminConsentDisplayName: 'Read leave',
          adminConsentDescription:
            'Allows the app to read the leave balance and the leave requests of the signed-in user, on behalf of the user.',
          userConsentDisplayName: 'Read your leave',
          userConsentDescription: 'Allows the app to read your leave balance and your leave requests.',
        },
        {
          id: '8c4b7f10-2d6e-4a95-b3c8-71e0d9a5f402',
          value: 'Leave.ReadWrite',
          adminConsentDisplayName: 'Request and cancel leave',
          adminConsentDescription:
            'Allows the app to read, request and cancel leave of the signed-in user, on behalf of the user.',
          userConsentDisplayName: 'Request and cancel your leave',
          userConsentDescription: 'Allows the app to read, request and cancel your leave.',
        },
        {
          id: '2f9a6d38-4c17-4be0-9d52-6e8b3a1f0404',
          value: 'Leave.Approve',
          adminConsentDisplayName: 'Decide on leave requests',
          adminConsentDescription:
            'Allows the app to read, approve and reject the leave requests that wait for the signed-in user, on behalf of the user.',
          userConsentDisplayName: 'Decide on leave requests that wait for you',
          userConsentDescription:
            'Allows the app to read, approve and reject the leave requests that wait for your decision.',
        },
      ],
      accessTokenClaims: [...accessTokenClaims, 'acrs'],
      requiredScopes: [],
      knownClients: [],
      preAuthorizedClients: [{ client: 'middleTierApi', values: ['Leave.Read'] }],
      needsCredential: false,
    },
    {
      key: 'middleTierApi',
      uniqueName: `${namePrefix}-middle-tier-api`,
      displayName: 'Leave (middle-tier API)',
      description: 'Calls Microsoft Graph and the downstream API on behalf of the signed-in user.',
      signInAudience,
      spaRedirectUris: [],
      webRedirectUris: [
        ...(middleTierUrl === undefined ? [] : [calendarConsentRedirectUri(middleTierUrl)]),
        ...(mcpUrl === undefined ? [] : [`${mcpUrl}/sign-in/callback`]),
      ],
      publicClientRedirectUris: [],
      moreIdentifierUris: mcpUrl === undefined ? [] : [mcpUrl],
      exposedScopes: [
        {
          id: 'd07a53e9-6f18-4cb2-9e04-a85b1c3d7403',
          value: 'access_as_user',
          adminConsentDisplayName: 'Use the leave application',
          adminConsentDescription:
            'Allows the app to call the middle-tier API of the leave application as the signed-in user.',
          userConsentDisplayName: 'Use the leave application as you',
          userConsentDescription:
            'Allows the app to call the middle-tier API of the leave application as you.',
        },
      ],
      accessTokenClaims,
      requiredScopes: [
        { resource: 'microsoftGraph', values: ['User.Read', 'User.ReadBasic.All', 'offline_access'] },
        { resource: 'downstreamApi', values: ['Leave.Read', 'Leave.ReadWrite', 'Leave.Approve'] },
      ],
      knownClients: [
        'spa',
        'cli',
        ...(bffUrl === undefined ? [] : (['bff'] as const)),
        ...(mcpUrl === undefined ? [] : (['mcpClient'] as const)),
        ...(mobileRedirectUris.length === 0 ? [] : (['mobile'] as const)),
      ],
      preAuthorizedClients: [],
      needsCredential: true,
    },
    {
      key: 'spa',
      uniqueName: `${namePrefix}-spa`,
      displayName: 'Leave (single-page app)',
      description: 'The user interface, in the browser. Calls the middle-tier API and nothing else.',
      signInAudience,
      spaRedirectUris: spaUrls.map((url) => `${url}/redirect.html`),
      webRedirectUris: [],
      publicClientRedirectUris: [],
      moreIdentifierUris: [],
      exposedScopes: [],
      accessTokenClaims: [],
      requiredScopes: [
        { resource: 'microsoftGraph', values: ['openid', 'profile', 'offline_access'] },
        { resource: 'middleTierApi', values: ['access_as_user'] },
      ],
      knownClients: [],
      preAuthorizedClients: [],
      needsCredential: false,
    },
    {
      key: 'cli',
      uniqueName: `${namePrefix}-cli`,
      displayName: 'Leave (command line)',
      description:
        'The command line, on the machines of its users. Calls the middle-tier API and nothing else.',
      signInAudience,
      spaRedirectUris: [],
      webRedirectUris: [],
      // Entra ignores the port of a loopback address (RFC 8252, section 7.3).
      publicClientRedirectUris: ['http://localhost'],
      moreIdentifierUris: [],
      exposedScopes: [],
      accessTokenClaims: [],
      requiredScopes: [
        { resource: 'microsoftGraph', values: ['openid', 'profile', 'offline_access'] },
        { resource: 'middleTierApi', values: ['access_as_user'] },
      ],
      knownClients: [],
      preAuthorizedClients: [],
      needsCredential: false,
    },
    ...(bffUrl === undefined ? [] : [describeBff(bffUrl, isTenantOverHttp, namePrefix, signInAudience)]),
    ...(mcpUrl === undefined ? [] : [describeMcpClient(namePrefix, signInAudience)]),
    ...(mobileRedirectUris.length === 0
      ? []
      : [describeMobileApp(mobileRedirectUris, namePrefix, signInAudience)]),
  ];
}

/** Describes a confidential client that signs users in for the SPA: see docs/how-to/keep-tokens-on-the-server.md. */
function describeBff(
  url: string,
  isTenantOverHttp: boolean,
  namePrefix: string,
  signInAudience: AppDescription['signInAudience'],
): AppDescription {
  return {
    key: 'bff',
    uniqueName: `${namePrefix}-bff`,
    displayName: 'Leave (backend for frontend)',
    description:
      'Signs users in for the SPA and keeps their tokens. Calls the middle-tier API and nothing else.',
    signInAudience,
    spaRedirectUris: [],
    webRedirectUris: [`${url}/sign-in/callback`],
    publicClientRedirectUris: [],
    moreIdentifierUris: [],
    // A page with https, as Entra's is, loads no frame over http.
    ...((url.startsWith('https:') || isTenantOverHttp) && { logoutUrl: `${url}/front-channel-sign-out` }),
    idTokenClaims: ['login_hint', 'sid'],
    exposedScopes: [],
    accessTokenClaims: [],
    requiredScopes: [
      { resource: 'microsoftGraph', values: ['openid', 'profile', 'offline_access'] },
      { resource: 'middleTierApi', values: ['access_as_user'] },
    ],
    knownClients: [],
    preAuthorizedClients: [],
    needsCredential: true,
  };
}

/** Describes a public client on users' phones: see docs/how-to/connect-a-mobile-app.md. */
const describeMobileApp = (
  redirectUris: readonly string[],
  namePrefix: string,
  signInAudience: AppDescription['signInAudience'],
): AppDescription =>
  describePublicClient({
    key: 'mobile',
    uniqueName: `${namePrefix}-mobile`,
    displayName: 'Leave (mobile app)',
    description: 'The mobile app. Calls the middle-tier API and nothing else.',
    signInAudience,
    publicClientRedirectUris: redirectUris,
  });

/** Describes the client that editors and agents sign in with. Entra has no dynamic client registration. */
const describeMcpClient = (
  namePrefix: string,
  signInAudience: AppDescription['signInAudience'],
): AppDescription =>
  describePublicClient({
    key: 'mcpClient',
    uniqueName: `${namePrefix}-mcp-client`,
    displayName: 'Leave (agents)',
    description: 'Editors and agents that call the middle-tier API as an MCP server.',
    signInAudience,
    publicClientRedirectUris: mcpClientRedirectUris,
  });

/** Describes a client without a credential, which calls the middle tier and nothing else. */
const describePublicClient = (
  app: Pick<
    AppDescription,
    'key' | 'uniqueName' | 'displayName' | 'description' | 'signInAudience' | 'publicClientRedirectUris'
  >,
): AppDescription => ({
  ...app,
  spaRedirectUris: [],
  webRedirectUris: [],
  moreIdentifierUris: [],
  exposedScopes: [],
  accessTokenClaims: [],
  requiredScopes: [
    { resource: 'microsoftGraph', values: ['openid', 'profile', 'offline_access'] },
    { resource: 'middleTierApi', values: ['access_as_user'] },
  ],
  knownClients: [],
  preAuthorizedClients: [],
  needsCredential: false,
});

/**
 * Finds an app of a description.
 *
 * @throws {Error} when the description has no such app: a bug.
 */
export function findApp(apps: readonly AppDescription[], key: AppKey): AppDescription {
  const app = apps.find((candidate) => candidate.key === key);
  if (!app) throw new Error(`The description has no app '${key}'.`);
  return app;
}
