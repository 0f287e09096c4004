import { type AppDescription, findApp } from '@obo/app-registration';

/** A screen of the Microsoft Entra admin center, and what to enter or choose on it. */
export interface Screen {
  /** What to select, starting at the app's page, e.g. `Expose an API > Add a scope`. */
  path: string;
  fields: readonly (readonly [name: string, value: string])[];
}

/** Claims that *Token configuration* does not offer ("Claims challenges, claims requests and client capabilities"). */
const manifestClaims = ['xms_cc'];
/** Permission that the admin center adds to each new registration. */
const addedAutomatically = 'User.Read';

/** Returns a placeholder for the Application (client) ID of an app. */
export const clientIdOf = ({ displayName }: AppDescription): string => `<client ID of ${displayName}>`;

/**
 * Returns what to enter at *New registration*.
 *
 * Source: "How to register an app in Microsoft Entra ID".
 */
export const newRegistration = ({ displayName, signInAudience }: AppDescription): Screen['fields'] => [
  ['Name', displayName],
  [
    'Supported account types',
    signInAudience === 'AzureADMyOrg' ? 'Single tenant only' : 'Multiple Entra ID tenants',
  ],
];

/**
 * Returns the screens on which an app gets the described settings, in an order that works.
 *
 * Source: "How to add a redirect URI to your application"; "Configure an application to expose a web API"; "Configure app
 * permissions for a web API"; "Add credentials to your application"; "Configure and manage optional claims"; "Understand
 * the app manifest (Microsoft Graph format)".
 *
 * @param apps All apps: ids of others are findApp after them.
 */
export function screensOf(app: AppDescription, apps: readonly AppDescription[]): Screen[] {
  return [...redirectUris(app), ...exposedApi(app, apps), ...permissions(app, apps), ...rest(app, apps)];
}

function redirectUris(app: AppDescription): Screen[] {
  const byPlatform = {
    'Single-page application': app.spaRedirectUris,
    Web: app.webRedirectUris,
    'Mobile and desktop applications': app.publicClientRedirectUris,
  };
  const screens = Object.entries(byPlatform).flatMap(([platform, uris]) =>
    uris.map(
      (uri): Screen => ({
        path: `Authentication > Redirect URI configuration > Add Redirect URI > ${platform}`,
        fields: [['Redirect URI', uri]],
      }),
    ),
  );
  if (app.publicClientRedirectUris.length === 0) return screens;
  return [
    ...screens,
    { path: 'Authentication > Settings', fields: [['Allow public client flows', 'Enabled']] },
  ];
}

function exposedApi(app: AppDescription, apps: readonly AppDescription[]): Screen[] {
  if (app.exposedScopes.length === 0) return [];
  return [
    {
      path: 'Expose an API > Application ID URI > Add',
      fields: [['Application ID URI', `api://${clientIdOf(app)}`]],
    },
    ...app.exposedScopes.map(
      (scope): Screen => ({
        path: 'Expose an API > Add a scope',
        fields: [
          ['Scope name', scope.value],
          ['Who can consent', 'Admins and users'],
          ['Admin consent display name', scope.adminConsentDisplayName],
          ['Admin consent description', scope.adminConsentDescription],
          ['User consent display name', scope.userConsentDisplayName],
          ['User consent description', scope.userConsentDescription],
          ['State', 'Enabled'],
        ],
      }),
    ),
    ...app.preAuthorizedClients.map(
      ({ client, values }): Screen => ({
        path: 'Expose an API > Add a client application',
        fields: [
          ['Client ID', clientIdOf(findApp(apps, client))],
          ...values.map((value) => ['Authorized scopes', `api://${clientIdOf(app)}/${value}`] as const),
        ],
      }),
    ),
  ];
}

function permissions(app: AppDescription, apps: readonly AppDescription[]): Screen[] {
  const ofGraph = app.requiredScopes.find(({ resource }) => resource === 'microsoftGraph')?.values ?? [];
  return [
    ...app.requiredScopes.map(({ resource, values }): Screen => {
      const api =
        resource === 'microsoftGraph'
          ? 'Microsoft Graph'
          : `My APIs > ${findApp(apps, resource).displayName}`;
      return {
        path: `API permissions > Add a permission > ${api} > Delegated permissions`,
        fields: values.map((value) => ['Permission', value] as const),
      };
    }),
    ...(ofGraph.includes(addedAutomatically)
      ? []
      : [
          {
            path: 'API permissions > Configured permissions > Microsoft Graph > … > Remove permission',
            fields: [['Permission', addedAutomatically]] as const,
          },
        ]),
  ];
}

function rest(app: AppDescription, apps: readonly AppDescription[]): Screen[] {
  const offered = app.accessTokenClaims.filter((claim) => !manifestClaims.includes(claim));
  const claims = app.accessTokenClaims.filter((claim) => manifestClaims.includes(claim));
  const clients = app.knownClients.map((key) => clientIdOf(findApp(apps, key)));
  const isApi = app.exposedScopes.length > 0;
  return [
    ...(offered.length === 0
      ? []
      : [
          {
            path: 'Token configuration > Add optional claim',
            fields: [['Token type', 'Access'], ...offered.map((claim) => ['Claim', claim] as const)] as const,
          },
        ]),
    ...(app.idTokenClaims === undefined
      ? []
      : [
          {
            path: 'Token configuration > Add optional claim',
            fields: [
              ['Token type', 'ID'],
              ...app.idTokenClaims.map((claim) => ['Claim', claim] as const),
            ] as const,
          },
        ]),
    ...(app.needsCredential
      ? [
          {
            path: 'Certificates & secrets > Client secrets > New client secret',
            fields: [
              ['Description', 'On my machine'],
              ['Expires', '90 days (3 months)'],
            ] as const,
          },
        ]
      : []),
    {
      path: 'Manifest',
      fields: [
        ['description', JSON.stringify(app.description)],
        ...(isApi ? [['api.requestedAccessTokenVersion', '2'] as const] : []),
        ...(clients.length === 0 ? [] : [['api.knownClientApplications', JSON.stringify(clients)] as const]),
        ...claims.map((name) => ['optionalClaims.accessToken, one more', JSON.stringify({ name })] as const),
      ],
    },
  ];
}
