import type { AppKey } from '../apps.ts';
import { type AppDescription, findApp } from '../description.ts';
import { microsoftGraphAppId, microsoftGraphScopeIds } from './microsoft-graph-scopes.ts';

/** Tag of the apps that `register` created. It changes no others. */
export const ownTag = 'entra-on-behalf-of';

/** The managed settings of Graph's `application` resource, by path, e.g. `api.knownClientApplications`. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Returns the settings with which an app is created, before the others exist. They include its scopes, as settings of
 * other apps refer to them.
 */
export function initialSettings(app: AppDescription): Settings {
  const isApi = app.exposedScopes.length > 0;
  return {
    displayName: app.displayName,
    description: app.description,
    signInAudience: app.signInAudience,
    isFallbackPublicClient: app.publicClientRedirectUris.length > 0,
    'spa.redirectUris': app.spaRedirectUris,
    'web.redirectUris': app.webRedirectUris,
    'web.implicitGrantSettings': { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    ...(app.logoutUrl !== undefined && { 'web.logoutUrl': app.logoutUrl }),
    'publicClient.redirectUris': app.publicClientRedirectUris,
    ...(isApi && { 'api.requestedAccessTokenVersion': 2 }),
    'api.oauth2PermissionScopes': app.exposedScopes.map((scope) => ({
      ...scope,
      type: 'User',
      isEnabled: true,
    })),
    'optionalClaims.accessToken': app.accessTokenClaims.map((name) => ({ name })),
    ...(app.idTokenClaims && { 'optionalClaims.idToken': app.idTokenClaims.map((name) => ({ name })) }),
  };
}

/**
 * Returns all settings of an app.
 *
 * @param appIds Application (client) IDs of all apps.
 */
export function desiredSettings(
  app: AppDescription,
  apps: readonly AppDescription[],
  appIds: Readonly<Record<AppKey, string>>,
): Settings {
  return {
    ...initialSettings(app),
    identifierUris:
      app.exposedScopes.length > 0 ? [`api://${appIds[app.key]}`, ...app.moreIdentifierUris] : [],
    'api.knownClientApplications': app.knownClients.map((key) => appIds[key]),
    'api.preAuthorizedApplications': app.preAuthorizedClients.map(({ client, values }) => ({
      appId: appIds[client],
      delegatedPermissionIds: values.map((value) => scopeId(app, value)),
    })),
    requiredResourceAccess: app.requiredScopes.map(({ resource, values }) => ({
      resourceAppId: resource === 'microsoftGraph' ? microsoftGraphAppId : appIds[resource],
      resourceAccess: values.map((value) => ({
        id: resource === 'microsoftGraph' ? graphScopeId(value) : scopeId(findApp(apps, resource), value),
        type: 'Scope',
      })),
    })),
  };
}

function scopeId(app: AppDescription, value: string): string {
  const scope = app.exposedScopes.find((candidate) => candidate.value === value);
  if (!scope) throw new Error(`${app.uniqueName} exposes no scope '${value}'.`);
  return scope.id;
}

function graphScopeId(value: string): string {
  const id = microsoftGraphScopeIds[value];
  if (id === undefined) throw new Error(`microsoftGraphScopeIds has no scope '${value}'.`);
  return id;
}
