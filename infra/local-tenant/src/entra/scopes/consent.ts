import { type Directory, tenant } from '../../directory/directory.ts';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import type { PermissionScope } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import { type Client, isFirstParty } from './client.ts';
import type { RequestedScopes } from './requested-scopes.ts';

/** A line of the consent page: an application requests one permission for a resource. */
export interface PermissionRequest {
  client: Client;
  resource: Client;
  permission: PermissionScope;
  /** `delegated`: on behalf of the user. `application`: an app role for the application itself. */
  kind: 'delegated' | 'application';
}

/** Returns the scopes that the client may use for the user: granted by consent, or preauthorized by the resource. */
export function scopesInEffect(
  directory: Directory,
  client: Client,
  resource: Client,
  userId: string,
): ReadonlySet<string> {
  const granted = directory.grantedScopes(client.servicePrincipal, resource.servicePrincipal, userId);
  return new Set(
    resource.application.api.oauth2PermissionScopes
      .filter(
        (scope) => scope.isEnabled && (granted.has(scope.value) || isPreAuthorized(client, resource, scope)),
      )
      .map(({ value }) => value),
  );
}

/** Returns a key for a request, to recognize it when the consent page is posted. */
export const requestKey = ({ client, resource, permission }: PermissionRequest): string =>
  `${client.application.appId} ${resource.application.appId} ${permission.id}`;

/**
 * Lists the permissions that still need the user's consent. `/.default` requests every registered permission, and
 * those in the registrations of its resources that list the client in `knownClientApplications` (combined consent).
 * Once any permission for the resource is granted, `/.default` requests no more.
 *
 * @param everything Lists granted permissions too (`prompt=consent`).
 * @throws {EntraError} 65002, 650052, 650053, 650057 if the registration is invalid.
 */
export function missingConsent(
  directory: Directory,
  client: Client,
  requested: readonly RequestedScopes[],
  userId: string,
  everything = false,
): PermissionRequest[] {
  const requests = [
    ...requested.slice(0, 1).flatMap((one) => openIdRequests(directory, client, one)),
    ...requested.flatMap((one) =>
      one.isDefault
        ? defaultRequests(directory, client, one, userId, everything)
        : one.permissions.map((permission) => delegated(client, one.resource, permission)),
    ),
  ];
  const missing = requests.filter(
    ({ client: asking, resource, permission }, index) =>
      !isPreAuthorized(asking, resource, permission) &&
      (everything || !scopesInEffect(directory, asking, resource, userId).has(permission.value)) &&
      index ===
        requests.findIndex(
          (other) => other.client.application === asking.application && other.permission === permission,
        ),
  );
  const [first] = missing;
  if (first && isFirstParty(first.client)) {
    throw entraError(65002, [first.client.application.appId, first.resource.application.appId]);
  }
  return missing;
}

function openIdRequests(
  directory: Directory,
  client: Client,
  { openId }: RequestedScopes,
): PermissionRequest[] {
  const graph = directory.findResource(microsoftGraphAppId);
  if (!graph?.servicePrincipal) return [];
  const resource = { application: graph.application, servicePrincipal: graph.servicePrincipal };
  return resource.application.api.oauth2PermissionScopes
    .filter(({ value }) => [...openId].some((name) => name === value))
    .map((permission) => delegated(client, resource, permission));
}

const delegated = (client: Client, resource: Client, permission: PermissionScope): PermissionRequest => ({
  client,
  resource,
  permission,
  kind: 'delegated',
});

function defaultRequests(
  directory: Directory,
  client: Client,
  { resource }: RequestedScopes,
  userId: string,
  everything: boolean,
): PermissionRequest[] {
  if (!everything && scopesInEffect(directory, client, resource, userId).size > 0) return [];
  const registered = client.application.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId);
  if (!registered.includes(resource.application.appId)) {
    const { appId, displayName } = client.application;
    throw entraError(650057, [
      appId,
      displayName,
      resource.identifier,
      resource.application.appId,
      registered.join(', '),
    ]);
  }
  return [
    ...registeredRequests(directory, client),
    ...resourcesThatKnow(directory, client).flatMap((api) => registeredRequests(directory, api)),
  ];
}

/** Finds the resources in the client's registration that list it in `knownClientApplications`. */
function resourcesThatKnow(directory: Directory, { application }: Client): Client[] {
  return application.requiredResourceAccess.flatMap(({ resourceAppId }) => {
    const found = directory.findResource(resourceAppId);
    return found?.servicePrincipal &&
      found.application.api.knownClientApplications.includes(application.appId)
      ? [{ application: found.application, servicePrincipal: found.servicePrincipal }]
      : [];
  });
}

/** Lists the delegated permissions in the application's registration. */
function registeredRequests(directory: Directory, client: Client): PermissionRequest[] {
  return client.application.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
    const scopes = resourceAccess.filter(({ type }) => type === 'Scope');
    const found = directory.findResource(resourceAppId);
    if (!found?.servicePrincipal) throw entraError(650052, [resourceAppId, tenant.displayName]);
    const resource = { application: found.application, servicePrincipal: found.servicePrincipal };
    return scopes.map(({ id }) => {
      const permission = found.application.api.oauth2PermissionScopes.find(
        (scope) => scope.id === id && scope.isEnabled,
      );
      if (!permission) throw entraError(650053, [client.application.displayName, id, resourceAppId]);
      return delegated(client, resource, permission);
    });
  });
}

function isPreAuthorized(client: Client, resource: Client, permission: PermissionScope): boolean {
  return resource.application.api.preAuthorizedApplications.some(
    ({ appId, delegatedPermissionIds }) =>
      appId === client.application.appId && delegatedPermissionIds.includes(permission.id),
  );
}
