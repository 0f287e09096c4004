import type { AppDescription, AppKey } from '../description.ts';
import { microsoftGraphAppId, microsoftGraphScopeIds } from './microsoft-graph-scopes.ts';

/** Marks the apps that this program made: it changes no others. */
export const ownTag = 'entra-on-behalf-of';

/** The settings of Graph's `application` resource that the program looks after, by path, e.g. `api.knownClientApplications`. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * What can be said of an app before the others exist: enough to create it.
 * Exposed scopes are among it, because other settings refer to them.
 */
export function initialSettings(app: AppDescription): Settings {
  const isApi = app.exposedScopes.length > 0;
  return {
    displayName: app.displayName,
    description: app.description,
    signInAudience: app.signInAudience,
    isFallbackPublicClient: false,
    'spa.redirectUris': app.spaRedirectUris,
    'web.redirectUris': [],
    'web.implicitGrantSettings': { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    'publicClient.redirectUris': [],
    ...(isApi && { 'api.requestedAccessTokenVersion': 2 }),
    'api.oauth2PermissionScopes': app.exposedScopes.map((scope) => ({
      ...scope,
      type: 'User',
      isEnabled: true,
    })),
    'optionalClaims.accessToken': app.accessTokenClaims.map((name) => ({ name })),
  };
}

/**
 * All settings of an app.
 *
 * @param appIds Application (client) ids of all three apps.
 */
export function desiredSettings(
  app: AppDescription,
  apps: readonly AppDescription[],
  appIds: Readonly<Record<AppKey, string>>,
): Settings {
  return {
    ...initialSettings(app),
    identifierUris: app.exposedScopes.length > 0 ? [`api://${appIds[app.key]}`] : [],
    'api.knownClientApplications': app.knownClients.map((key) => appIds[key]),
    'api.preAuthorizedApplications': app.preAuthorizedClients.map(({ client, values }) => ({
      appId: appIds[client],
      delegatedPermissionIds: values.map((value) => scopeId(app, value)),
    })),
    requiredResourceAccess: app.requiredScopes.map(({ resource, values }) => ({
      resourceAppId: resource === 'microsoftGraph' ? microsoftGraphAppId : appIds[resource],
      resourceAccess: values.map((value) => ({
        id: resource === 'microsoftGraph' ? graphScopeId(value) : scopeId(find(apps, resource), value),
        type: 'Scope',
      })),
    })),
  };
}

function find(apps: readonly AppDescription[], key: AppKey): AppDescription {
  const app = apps.find((candidate) => candidate.key === key);
  if (!app) throw new Error(`The description has no app '${key}'.`);
  return app;
}

function scopeId(app: AppDescription, value: string): string {
  const scope = app.exposedScopes.find((candidate) => candidate.value === value);
  if (!scope) throw new Error(`${app.uniqueName} exposes no scope '${value}'.`);
  return scope.id;
}

function graphScopeId(value: string): string {
  const id = microsoftGraphScopeIds[value];
  if (id === undefined) throw new Error(`The id of Microsoft Graph's scope '${value}' is not known here.`);
  return id;
}
