import { type Directory, tenant } from '../../directory/directory.ts';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import type { Application, PermissionScope, ServicePrincipal } from '../../directory/schema.ts';
import { type EntraError, entraError } from '../errors/entra-error.ts';
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
 * Reads the `scope` parameter of an application that requests a token for itself: `/.default` of one resource. OpenID
 * Connect scopes beside it have no effect.
 *
 * @throws {EntraError} 1002012 for anything else, 70011 for several resources, 500011 for an unknown resource, 500014
 *   for a disabled one.
 */
export function readApplicationScope(directory: Directory, parameter: string): Resource {
  const others = resourceScopes(parameter);
  const other = others.find(({ value }) => value !== '.default');
  if (other || !others[0]) throw entraError(1002012, [other?.sent ?? parameter]);
  if (others.length > 1) throw severalDefaults(parameter);
  return findResource(directory, others[0].identifier);
}

/**
 * Checks the `resource` parameter (RFC 8707): it must be an identifier URI of the resource of the scopes, letter by
 * letter.
 *
 * @throws {EntraError} 9010010 otherwise.
 */
export function checkResourceParameter(resources: readonly Resource[], parameter: string | undefined): void {
  if (parameter === undefined) return;
  if (resources.every(({ application }) => application.identifierUris.includes(parameter))) return;
  throw entraError(9010010, []);
}

/**
 * Checks that a client does not request a token for itself by its identifier URI, where Entra ID accepts only the
 * client ID.
 *
 * @throws {EntraError} 90009 otherwise.
 */
export function checkNotItselfByUri({ application }: Client, { resource }: RequestedScopes): void {
  const { appId, displayName } = application;
  if (resource.application.appId === appId && resource.identifier.toLowerCase() !== appId)
    throw entraError(90009, [appId, displayName]);
}

/**
 * Reads the `scope` parameter of an authorization request, which may request consent for several resources.
 *
 * @returns One entry per resource, in the order of the request; Microsoft Graph if there is none.
 * @throws {EntraError} 500011 for an unknown resource, 500014 for a disabled one, 650053 for an unknown scope, 70011
 *   for `.default` together with other scopes, 90009 if a client requests `.default` of itself by identifier URI.
 */
export function readConsentScopes(
  directory: Directory,
  client: Client,
  parameter: string,
): [RequestedScopes, ...RequestedScopes[]] {
  const asSent = [...new Set(parameter.split(/\s+/).filter(Boolean))];
  const openId = readOpenIdScopes(parameter);
  const others = resourceScopes(parameter);
  const isDefault = others.some(({ value }) => value === '.default');
  if (isDefault && others.length > 1) throw severalDefaults(parameter);
  const read = (identifier: string): RequestedScopes => {
    const resource = findResource(directory, identifier);
    const named = isDefault ? [] : others.filter((one) => one.identifier === identifier);
    const permissions = named.map(({ value }) => findPermission(client, resource, value));
    const requested = { resource, isDefault, permissions, openId, asSent };
    if (isDefault) checkNotItselfByUri(client, requested);
    return requested;
  };
  const [first, ...more] = new Set(others.map(({ identifier }) => identifier));
  return [read(first ?? ''), ...more.map(read)];
}

/** Returns the OpenID Connect scopes of a `scope` parameter. They belong to no resource. */
export const readOpenIdScopes = (parameter: string): ReadonlySet<OpenIdScope> =>
  new Set(openIdScopes.filter((name) => parameter.split(/\s+/).some((sent) => withoutGraph(sent) === name)));

/** Returns the scopes that name a permission of a resource, without duplicates. */
const resourceScopes = (parameter: string): SentScope[] =>
  [...new Set(parameter.split(/\s+/).filter(Boolean))].filter((sent) => !isOpenIdScope(sent)).map(splitScope);

const severalDefaults = (parameter: string): EntraError =>
  entraError(70011, [
    `The scope ${parameter} is not valid. .default scope can't be combined with resource-specific scopes.`,
  ]);

const isOpenIdScope = (sent: string): boolean => openIdScopes.some((name) => name === withoutGraph(sent));

interface SentScope {
  sent: string;
  identifier: string;
  value: string;
}

function splitScope(sent: string): SentScope {
  const slash = sent.lastIndexOf('/');
  if (slash === -1) return { sent, identifier: '', value: sent };
  return { sent, identifier: sent.slice(0, slash), value: sent.slice(slash + 1) };
}

function withoutGraph(sent: string): string {
  return sent.replace(/^https:\/\/graph\.microsoft\.com\//i, '').toLowerCase();
}

function findResource(directory: Directory, identifier: string): Resource {
  const found = directory.findResource(identifier === '' ? microsoftGraphAppId : identifier);
  if (!found?.servicePrincipal) throw entraError(500011, [identifier, tenant.id]);
  if (!found.servicePrincipal.accountEnabled) throw entraError(500014, [identifier]);
  return { application: found.application, servicePrincipal: found.servicePrincipal, identifier };
}

function findPermission(client: Client, { application }: Resource, value: string): PermissionScope {
  const found = application.api.oauth2PermissionScopes.find(
    (scope) => scope.isEnabled && scope.value.toLowerCase() === value.toLowerCase(),
  );
  if (!found) throw entraError(650053, [client.application.displayName, value, application.appId]);
  return found;
}
