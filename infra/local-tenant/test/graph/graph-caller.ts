import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { microsoftGraphAppId } from '../../src/directory/first-party-applications.ts';
import { password, type User, users } from '../../src/directory/users.ts';
import { signInOverHttp } from '../../src/index.ts';
import type { TestTenant } from '../entra/tenant.ts';

export interface GraphResponse {
  status: number;
  headers: Headers;
  /** The JSON body; `{}` when there is none. */
  body: Record<string, unknown>;
  error: { code: string; message: string; details?: unknown } | undefined;
}

export interface GraphCaller {
  accessToken: string;
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<GraphResponse>;
  get(path: string): Promise<GraphResponse>;
}

/** Returns the only user of this kind. */
export function user(
  kind: 'administrator' | 'manager' | 'head' | 'guest' | 'disabled' | 'beyondAscii',
): User {
  const is: Record<typeof kind, (candidate: User) => boolean> = {
    administrator: ({ directoryRoles }) => directoryRoles.length > 0,
    manager: ({ id, managerId }) => managerId !== null && users.some((other) => other.managerId === id),
    head: ({ managerId }) => managerId === null,
    guest: ({ userType }) => userType === 'Guest',
    disabled: ({ accountEnabled }) => !accountEnabled,
    beyondAscii: ({ displayName }) => /[^\0-\u00ff]/.test(displayName),
  };
  const [found, ...others] = users.filter(is[kind]);
  if (!found || others.length > 0) throw new Error(`There is not exactly one user of the kind '${kind}'.`);
  return found;
}

/**
 * Signs the user in with a new client that is granted exactly these scopes of Graph.
 *
 * @param claims The `claims` parameter, with which a client declares that it handles claims challenges.
 */
export async function callGraphAs(
  tenant: TestTenant,
  { id, userPrincipalName, mail, userType }: User,
  scopes: readonly string[],
  claims?: string,
): Promise<GraphCaller> {
  const appId = randomUUID();
  tenant.register({
    appId,
    displayName: 'Graph caller',
    publicClient: { redirectUris: ['http://localhost'] },
  });
  const client = tenant.directory.findServicePrincipal(appId);
  const graph = tenant.directory.findServicePrincipal(microsoftGraphAppId);
  if (!client || !graph) throw new Error('A service principal is missing.');
  tenant.directory.grant({
    clientId: client.id,
    resourceId: graph.id,
    consentType: 'Principal',
    principalId: id,
    scopes: ['openid', 'profile', ...scopes],
  });
  const { access_token: accessToken } = await signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: appId,
    redirectUri: 'http://localhost',
    scopes: scopes.map((scope) => `https://graph.microsoft.com/${scope}`),
    username: userType === 'Guest' ? mail : userPrincipalName,
    password,
    ...(claims !== undefined && { parameters: { claims } }),
  });
  return callGraphWith(tenant, accessToken);
}

/** Signs in the administrator, with every scope for managing apps. */
export function callGraphAsAdministrator(tenant: TestTenant): Promise<GraphCaller> {
  return callGraphAs(tenant, user('administrator'), [
    'User.Read',
    'Application.ReadWrite.All',
    'DelegatedPermissionGrant.ReadWrite.All',
    'Policy.Read.All',
    'Policy.ReadWrite.ConditionalAccess',
    'User.RevokeSessions.All',
  ]);
}

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }).optional(),
});
const bodySchema = z.record(z.string(), z.unknown());

export function callGraphWith(tenant: TestTenant, accessToken: string): GraphCaller {
  const request: GraphCaller['request'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${tenant.graphBaseUrl}${path}`, {
      method,
      headers: {
        ...(accessToken !== '' && { Authorization: `Bearer ${accessToken}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
    const parsed = bodySchema.parse(json ? JSON.parse(text) : {});
    return {
      status: response.status,
      headers: response.headers,
      body: parsed,
      error: errorSchema.parse(parsed).error,
    };
  };
  return { accessToken, request, get: (path) => request('GET', path) };
}
