import { type Directory, tenant } from '../../directory/directory.ts';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import type { Application, PermissionScope, ServicePrincipal } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Client } from './client.ts';

export const openIdScopes = ['openid', 'profile', 'email', 'offline_access'] as const;
export type OpenIdScope = (typeof openIdScopes)[number];

/** A resource for which tokens can be requested. */
export interface Resource {
  application: Application;
  servicePrincipal: ServicePrincipal;
  /** Its name in the request; `''` if Microsoft Graph's scopes have no prefix. */
  identifier: string;
}

/** The parsed `scope` parameter for one resource: a token has one audience. */
export interface RequestedScopes {
  resource: Resource;
  /** Whether `/.default` was requested: the registered permissions that were granted. */
  isDefault: boolean;
  /** Scopes requested by name. */
  permissions: readonly PermissionScope[];
  openId: ReadonlySet<OpenIdScope>;
  /** Every scope as it was sent, to repeat it in the response. */
  asSent: readonly string[];
}

/**
 * Reads the `scope` parameter of a token request ("Scopes and permissions in the Microsoft identity platform").
 * Scopes without a resource belong to Microsoft Graph.
 *
 * @throws {EntraError} 28000 for several resources; see `readConsentScopes` for the others.
 */
export function readScopes(directory: Directory, client: Client, parameter: string): RequestedScopes {
  const [requested, another] = readConsentScopes(directory, client, parameter);
  if (another) throw entraError(28000, [parameter]);
  return requested;
}

/**
 * Reads the `scope` parameter of an authorization request, which may request consent for several resources.
 *
 * @returns One entry per resource, in the order of the request; Microsoft Graph if there is none.
 * @throws {EntraError} 500011 for an unknown resource, 500014 for a disabled one, 650053 for an unknown scope, 70011
 *   for `.default` together with other scopes, 90009 if a client requests a token for itself by identifier URI.
 */
export function readConsentScopes(
  directory: Directory,
  client: Client,
  parameter: string,
): [RequestedScopes, ...RequestedScopes[]] {
  const asSent = [...new Set(parameter.split(/\s+/).filter(Boolean))];
  const openId = readOpenIdScopes(parameter);
  const others = asSent.filter((sent) => !isOpenIdScope(sent)).map(splitScope);
  const isDefault = others.some(({ value }) => value === '.default');
  if (isDefault && others.length > 1) {
    throw entraError(70011, [
      `The scope ${asSent.join(' ')} is not valid. .default scope can't be combined with resource-specific scopes.`,
    ]);
  }
  const read = (identifier: string): RequestedScopes => {
    const resource = findResource(directory, client, identifier);
    const named = isDefault ? [] : others.filter((one) => one.identifier === identifier);
    const permissions = named.map(({ value }) => findPermission(client, resource, value));
    return { resource, isDefault, permissions, openId, asSent };
  };
  const [first, ...more] = new Set(others.map(({ identifier }) => identifier));
  return [read(first ?? ''), ...more.map(read)];
}

/** Returns the OpenID Connect scopes of a `scope` parameter. They belong to no resource. */
export const readOpenIdScopes = (parameter: string): ReadonlySet<OpenIdScope> =>
  new Set(openIdScopes.filter((name) => parameter.split(/\s+/).some((sent) => withoutGraph(sent) === name)));

const isOpenIdScope = (sent: string): boolean => openIdScopes.some((name) => name === withoutGraph(sent));

function splitScope(sent: string): { sent: string; identifier: string; value: string } {
  const slash = sent.lastIndexOf('/');
  if (slash === -1) return { sent, identifier: '', value: sent };
  return { sent, identifier: sent.slice(0, slash), value: sent.slice(slash + 1) };
}

function withoutGraph(sent: string): string {
  return sent.replace(/^https:\/\/graph\.microsoft\.com\//i, '').toLowerCase();
}

function findResource(directory: Directory, client: Client, identifier: string): Resource {
  const found = directory.findResource(identifier === '' ? microsoftGraphAppId : identifier);
  if (!found?.servicePrincipal) throw entraError(500011, [identifier, tenant.id]);
  if (!found.servicePrincipal.accountEnabled) throw entraError(500014, [identifier]);
  const { appId, displayName } = client.application;
  if (found.application.appId === appId && identifier !== appId)
    throw entraError(90009, [appId, displayName]);
  return { application: found.application, servicePrincipal: found.servicePrincipal, identifier };
}

function findPermission(client: Client, { application }: Resource, value: string): PermissionScope {
  const found = application.api.oauth2PermissionScopes.find(
    (scope) => scope.isEnabled && scope.value.toLowerCase() === value.toLowerCase(),
  );
  if (!found) throw entraError(650053, [client.application.displayName, value, application.appId]);
  return found;
}
