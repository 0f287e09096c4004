import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Screen } from './read-page.ts';

const graphAppId = '00000003-0000-0000-c000-000000000000';

const applicationSchema = z.looseObject({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  identifierUris: z.array(z.string()),
  spa: z.object({ redirectUris: z.array(z.string()) }),
  web: z.object({ redirectUris: z.array(z.string()) }),
  publicClient: z.object({ redirectUris: z.array(z.string()) }),
  api: z.looseObject({
    oauth2PermissionScopes: z.array(z.looseObject({ id: z.string(), value: z.string() })),
    preAuthorizedApplications: z.array(z.unknown()),
  }),
  optionalClaims: z.object({ accessToken: z.array(z.looseObject({ name: z.string() })) }).nullable(),
  requiredResourceAccess: z.array(
    z.object({
      resourceAppId: z.string(),
      resourceAccess: z.array(z.object({ id: z.string(), type: z.string() })),
    }),
  ),
});
export type Application = z.infer<typeof applicationSchema>;

const graphSchema = z.object({
  oauth2PermissionScopes: z.array(z.object({ id: z.string(), value: z.string() })),
});
const secretSchema = z.object({ keyId: z.string(), secretText: z.string() });

/** The part of the Microsoft Entra admin center that the page needs: it sends the entered values to Microsoft Graph. */
export class Portal {
  readonly #graphBaseUrl: string;
  readonly #getToken: () => Promise<string>;

  constructor(graphBaseUrl: string, getToken: () => Promise<string>) {
    this.#graphBaseUrl = graphBaseUrl;
    this.#getToken = getToken;
  }

  /** Creates an app registration and its service principal. */
  async newRegistration({
    Name: displayName,
    'Supported account types': accountTypes,
  }: Readonly<Record<string, string>>): Promise<Application> {
    const signInAudience = {
      'Single tenant only': 'AzureADMyOrg',
      'Multiple Entra ID tenants': 'AzureADMultipleOrgs',
    }[accountTypes ?? ''];
    const { scopes } = await this.#scopesOf('Microsoft Graph');
    const application = applicationSchema.parse(
      await this.#request('POST', '/applications', {
        displayName,
        signInAudience,
        requiredResourceAccess: [
          { resourceAppId: graphAppId, resourceAccess: [{ id: idIn(scopes, 'User.Read'), type: 'Scope' }] },
        ],
      }),
    );
    await this.#request('POST', '/servicePrincipals', { appId: application.appId });
    return application;
  }

  /**
   * Enters values on a screen, and saves it.
   *
   * @returns The values that the screen shows afterwards: a new client secret.
   * @throws {Error} when there is no such screen.
   */
  async enter(name: string, screen: Screen): Promise<{ keyId: string; secretText: string } | undefined> {
    const app = await this.#find(name);
    switch (screen.path) {
      case 'Certificates & secrets > Client secrets > New client secret':
        return this.#addSecret(app, screen);
      case 'Manifest':
        for (const [field, json] of screen.fields)
          await this.patch(app.id, inManifest(app, field, JSON.parse(json)));
        return undefined;
      default:
        await this.patch(app.id, await this.#changeOn(screen, app));
        return undefined;
    }
  }

  /** Changes an application as `az rest` does. */
  async patch(id: string, body: unknown): Promise<void> {
    await this.#request('PATCH', `/applications/${id}`, body);
  }

  async #addSecret({ id }: Application, { fields }: Screen) {
    const days = Number(/^\d+/.exec(fieldOf(fields, 'Expires'))?.[0]);
    const endDateTime = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();
    const passwordCredential = { displayName: fieldOf(fields, 'Description'), endDateTime };
    return secretSchema.parse(
      await this.#request('POST', `/applications/${id}/addPassword`, { passwordCredential }),
    );
  }

  /** Returns the change of the application that a screen makes. */
  async #changeOn({ path, fields }: Screen, app: Application): Promise<object> {
    const { oauth2PermissionScopes, preAuthorizedApplications } = app.api;
    const [, api] =
      /^API permissions > Add a permission > (?:My APIs > )?(.+) > Delegated permissions$/.exec(path) ?? [];
    if (api !== undefined) {
      const { scopes } = await this.#scopesOf(api);
      const added = fieldsOf(fields, 'Permission').map((permission) => idIn(scopes, permission));
      return this.#permissions(app, api, (ids) => [...ids, ...added]);
    }
    switch (path) {
      case 'Authentication > Redirect URI configuration > Add Redirect URI > Single-page application':
        return { spa: { redirectUris: [...app.spa.redirectUris, fieldOf(fields, 'Redirect URI')] } };
      case 'Authentication > Redirect URI configuration > Add Redirect URI > Web':
        return { web: { redirectUris: [...app.web.redirectUris, fieldOf(fields, 'Redirect URI')] } };
      case 'Authentication > Redirect URI configuration > Add Redirect URI > Mobile and desktop applications':
        return {
          publicClient: { redirectUris: [...app.publicClient.redirectUris, fieldOf(fields, 'Redirect URI')] },
        };
      case 'Authentication > Settings':
        return { isFallbackPublicClient: fieldOf(fields, 'Allow public client flows') === 'Enabled' };
      case 'Expose an API > Application ID URI > Add':
        return { identifierUris: [fieldOf(fields, 'Application ID URI')] };
      case 'Expose an API > Add a scope':
        return { api: { oauth2PermissionScopes: [...oauth2PermissionScopes, scopeIn(fields)] } };
      case 'Expose an API > Add a client application': {
        const names = fieldsOf(fields, 'Authorized scopes').map((scope) => scope.split('/').at(-1) ?? '');
        const client = {
          appId: fieldOf(fields, 'Client ID'),
          delegatedPermissionIds: names.map((each) => idIn(oauth2PermissionScopes, each)),
        };
        return { api: { preAuthorizedApplications: [...preAuthorizedApplications, client] } };
      }
      case 'API permissions > Configured permissions > Microsoft Graph > … > Remove permission': {
        const { scopes } = await this.#scopesOf('Microsoft Graph');
        const removed = fieldsOf(fields, 'Permission').map((permission) => idIn(scopes, permission));
        return this.#permissions(app, 'Microsoft Graph', (ids) => ids.filter((id) => !removed.includes(id)));
      }
      case 'Token configuration > Add optional claim': {
        const claims = fieldsOf(fields, 'Claim').map((claim) => ({ name: claim }));
        if (fieldOf(fields, 'Token type') === 'ID') return { optionalClaims: { idToken: claims } };
        return { optionalClaims: { accessToken: [...(app.optionalClaims?.accessToken ?? []), ...claims] } };
      }
      default:
        throw new Error(`The portal has no screen ${path}`);
    }
  }

  /** Returns the permissions of an app with those of one API changed. */
  async #permissions(app: Application, api: string, change: (ids: string[]) => string[]): Promise<object> {
    const { appId: resourceAppId } = await this.#scopesOf(api);
    const others = app.requiredResourceAccess.filter((each) => each.resourceAppId !== resourceAppId);
    const before = app.requiredResourceAccess.find((each) => each.resourceAppId === resourceAppId);
    const ids = change(before?.resourceAccess.map(({ id }) => id) ?? []);
    const resourceAccess = [...new Set(ids)].map((id) => ({ id, type: 'Scope' }));
    return {
      requiredResourceAccess:
        resourceAccess.length === 0 ? others : [...others, { resourceAppId, resourceAccess }],
    };
  }

  async #scopesOf(api: string): Promise<{ appId: string; scopes: Scope[] }> {
    if (api !== 'Microsoft Graph') {
      const { appId, api: settings } = await this.#find(api);
      return { appId, scopes: settings.oauth2PermissionScopes };
    }
    const graph = graphSchema.parse(await this.#request('GET', `/servicePrincipals(appId='${graphAppId}')`));
    return { appId: graphAppId, scopes: graph.oauth2PermissionScopes };
  }

  async #find(app: string): Promise<Application> {
    const found = await this.#request('GET', `/applications?$filter=displayName eq '${app}'`);
    const { value } = z.object({ value: z.tuple([applicationSchema]) }).parse(found);
    return value[0];
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#graphBaseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#getToken()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

interface Scope {
  id: string;
  value: string;
}

const fieldsOf = (fields: Screen['fields'], field: string): string[] =>
  fields.filter(([name]) => name === field).map(([, value]) => value);

const fieldOf = (fields: Screen['fields'], field: string): string => fieldsOf(fields, field)[0] ?? '';

const scopeIn = (fields: Screen['fields']) => ({
  id: randomUUID(),
  value: fieldOf(fields, 'Scope name'),
  type: fieldOf(fields, 'Who can consent') === 'Admins and users' ? 'User' : 'Admin',
  adminConsentDisplayName: fieldOf(fields, 'Admin consent display name'),
  adminConsentDescription: fieldOf(fields, 'Admin consent description'),
  userConsentDisplayName: fieldOf(fields, 'User consent display name'),
  userConsentDescription: fieldOf(fields, 'User consent description'),
  isEnabled: fieldOf(fields, 'State') === 'Enabled',
});

function idIn(scopes: readonly Scope[], value: string): string {
  const scope = scopes.find((candidate) => candidate.value === value);
  if (!scope) throw new Error(`The portal shows no permission ${value}`);
  return scope.id;
}

/** Returns the part of the manifest that contains a changed field. */
function inManifest(app: Application, field: string, value: unknown): object {
  if (field === 'optionalClaims.accessToken, one more')
    return { optionalClaims: { accessToken: [...(app.optionalClaims?.accessToken ?? []), value] } };
  const [outer = '', inner] = field.split('.');
  return { [outer]: inner === undefined ? value : { [inner]: value } };
}
