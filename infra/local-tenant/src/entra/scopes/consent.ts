import { type Directory, tenant } from '../../directory/directory.ts';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import type { PermissionScope } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import { type Client, isFirstParty } from './client.ts';
import type { RequestedScopes } from './requested-scopes.ts';

/** One line of a consent page: an application asks to use one permission of a resource. */
export interface PermissionRequest {
  client: Client;
  resource: Client;
  permission: PermissionScope;
  /** On a user's behalf, or in the application's own name: an app role. */
  kind: 'delegated' | 'application';
}

/** Scope values the client may use for the user: granted by consent, or preauthorised by the resource. */
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

/** Names a request, to recognise it when the consent page comes back. */
export const requestKey = ({ client, resource, permission }: PermissionRequest): string =>
  `${client.application.appId} ${resource.application.appId} ${permission.id}`;

/**
 * What the user has to be asked before the request can be granted; empty when nothing is missing.
 * `/.default` asks for all that the registration lists, and for what those of its resources list that know the client
 * (`knownClientApplications`): combined consent. Once something of the resource is granted, `/.default` asks no more.
 *
 * @param everything Ask again for what is granted already (`prompt=consent`).
 * @throws {EntraError} 65002, 650052, 650053, 650057: the registration cannot be consented to.
 */
export function missingConsent(
  directory: Directory,
  client: Client,
  requested: readonly RequestedScopes[],
  userId: string,
  everything = false,
): PermissionRequest[] {
  const asked = [
    ...requested.slice(0, 1).flatMap((one) => openIdRequests(directory, client, one)),
    ...requested.flatMap((one) =>
      one.isDefault
        ? defaultRequests(directory, client, one, userId, everything)
        : one.permissions.map((permission) => delegated(client, one.resource, permission)),
    ),
  ];
  const missing = asked.filter(
    ({ client: asking, resource, permission }, index) =>
      !isPreAuthorized(asking, resource, permission) &&
      (everything || !scopesInEffect(directory, asking, resource, userId).has(permission.value)) &&
      index ===
        asked.findIndex(
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

/** Resources of the client's registration that name it in `knownClientApplications`, whichever of them was asked for. */
function resourcesThatKnow(directory: Directory, { application }: Client): Client[] {
  return application.requiredResourceAccess.flatMap(({ resourceAppId }) => {
    const found = directory.findResource(resourceAppId);
    return found?.servicePrincipal &&
      found.application.api.knownClientApplications.includes(application.appId)
      ? [{ application: found.application, servicePrincipal: found.servicePrincipal }]
      : [];
  });
}

/** The delegated permissions that the application's registration lists. */
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
