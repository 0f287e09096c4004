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
export interface Portal {
  newRegistration(fields: Readonly<Record<string, string>>): Promise<Application>;
  /** @returns The values that the screen shows afterwards, such as a new client secret. */
  enter(app: string, screen: Screen): Promise<{ keyId: string; secretText: string } | undefined>;
  /** Sends a request as Graph Explorer does. */
  patch(id: string, body: unknown): Promise<void>;
}

export function openPortal(graphBaseUrl: string, getToken: () => Promise<string>): Portal {
  async function request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${graphBaseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  const patch = async (id: string, body: unknown) =>
    void (await request('PATCH', `/applications/${id}`, body));

  async function find(app: string): Promise<Application> {
    const found = await request('GET', `/applications?$filter=displayName eq '${app}'`);
    const { value } = z.object({ value: z.tuple([applicationSchema]) }).parse(found);
    return value[0];
  }

  async function scopesOf(api: string): Promise<{ appId: string; scopes: { id: string; value: string }[] }> {
    if (api !== 'Microsoft Graph') {
      const { appId, api: settings } = await find(api);
      return { appId, scopes: settings.oauth2PermissionScopes };
    }
    const graph = graphSchema.parse(await request('GET', `/servicePrincipals(appId='${graphAppId}')`));
    return { appId: graphAppId, scopes: graph.oauth2PermissionScopes };
  }

  const idIn = (scopes: readonly { id: string; value: string }[], value: string): string => {
    const scope = scopes.find((candidate) => candidate.value === value);
    if (!scope) throw new Error(`The portal shows no permission ${value}`);
    return scope.id;
  };

  /** Keeps the other permissions of an app. */
  async function setPermissions(app: Application, api: string, change: (ids: string[]) => string[]) {
    const { appId: resourceAppId } = await scopesOf(api);
    const others = app.requiredResourceAccess.filter((each) => each.resourceAppId !== resourceAppId);
    const before = app.requiredResourceAccess.find((each) => each.resourceAppId === resourceAppId);
    const ids = change(before?.resourceAccess.map(({ id }) => id) ?? []);
    const resourceAccess = [...new Set(ids)].map((id) => ({ id, type: 'Scope' }));
    await patch(app.id, {
      requiredResourceAccess:
        resourceAccess.length === 0 ? others : [...others, { resourceAppId, resourceAccess }],
    });
  }

  return {
    async newRegistration({ Name: displayName, 'Supported account types': accountTypes }) {
      const signInAudience = {
        'Single tenant only': 'AzureADMyOrg',
        'Multiple Entra ID tenants': 'AzureADMultipleOrgs',
      }[accountTypes ?? ''];
      const { scopes } = await scopesOf('Microsoft Graph');
      const application = applicationSchema.parse(
        await request('POST', '/applications', {
          displayName,
          signInAudience,
          requiredResourceAccess: [
            { resourceAppId: graphAppId, resourceAccess: [{ id: idIn(scopes, 'User.Read'), type: 'Scope' }] },
          ],
        }),
      );
      await request('POST', '/servicePrincipals', { appId: application.appId });
      return application;
    },

    async enter(name, { path, fields }) {
      const app = await find(name);
      const values = (field: string) => fields.filter(([each]) => each === field).map(([, value]) => value);
      const value = (field: string) => values(field)[0] ?? '';
      const [, api] =
        /^API permissions > Add a permission > (?:My APIs > )?(.+) > Delegated permissions$/.exec(path) ?? [];
      if (api !== undefined) {
        const { scopes } = await scopesOf(api);
        const added = values('Permission').map((permission) => idIn(scopes, permission));
        await setPermissions(app, api, (ids) => [...ids, ...added]);
        return undefined;
      }
      switch (path) {
        case 'Authentication > Redirect URI configuration > Add Redirect URI > Single-page application':
          await patch(app.id, {
            spa: { redirectUris: [...app.spa.redirectUris, value('Redirect URI')] },
          });
          return undefined;
        case 'Expose an API > Application ID URI > Add':
          await patch(app.id, { identifierUris: [value('Application ID URI')] });
          return undefined;
        case 'Expose an API > Add a scope': {
          const scope = {
            id: randomUUID(),
            value: value('Scope name'),
            type: value('Who can consent') === 'Admins and users' ? 'User' : 'Admin',
            adminConsentDisplayName: value('Admin consent display name'),
            adminConsentDescription: value('Admin consent description'),
            userConsentDisplayName: value('User consent display name'),
            userConsentDescription: value('User consent description'),
            isEnabled: value('State') === 'Enabled',
          };
          const { oauth2PermissionScopes } = app.api;
          await patch(app.id, { api: { oauth2PermissionScopes: [...oauth2PermissionScopes, scope] } });
          return undefined;
        }
        case 'Expose an API > Add a client application': {
          const names = values('Authorized scopes').map((scope) => scope.split('/').at(-1) ?? '');
          const client = {
            appId: value('Client ID'),
            delegatedPermissionIds: names.map((each) => idIn(app.api.oauth2PermissionScopes, each)),
          };
          const { preAuthorizedApplications } = app.api;
          await patch(app.id, {
            api: { preAuthorizedApplications: [...preAuthorizedApplications, client] },
          });
          return undefined;
        }
        case 'API permissions > Configured permissions > Microsoft Graph > … > Remove permission': {
          const { scopes } = await scopesOf('Microsoft Graph');
          const removed = values('Permission').map((permission) => idIn(scopes, permission));
          await setPermissions(app, 'Microsoft Graph', (ids) => ids.filter((id) => !removed.includes(id)));
          return undefined;
        }
        case 'Token configuration > Add optional claim': {
          const before = app.optionalClaims?.accessToken ?? [];
          const claims = values('Claim').map((claim) => ({ name: claim }));
          await patch(app.id, { optionalClaims: { accessToken: [...before, ...claims] } });
          return undefined;
        }
        case 'Certificates & secrets > Client secrets > New client secret': {
          const days = Number(/^\d+/.exec(value('Expires'))?.[0]);
          const endDateTime = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();
          const passwordCredential = { displayName: value('Description'), endDateTime };
          return secretSchema.parse(
            await request('POST', `/applications/${app.id}/addPassword`, { passwordCredential }),
          );
        }
        case 'Manifest':
          for (const [field, json] of fields) await patch(app.id, inManifest(app, field, JSON.parse(json)));
          return undefined;
        default:
          throw new Error(`The portal has no screen ${path}`);
      }
    },

    patch,
  };
}

/** Returns the part of the manifest that contains a changed field. */
function inManifest(app: Application, field: string, value: unknown): object {
  if (field === 'optionalClaims.accessToken, one more')
    return { optionalClaims: { accessToken: [...(app.optionalClaims?.accessToken ?? []), value] } };
  const [outer = '', inner] = field.split('.');
  return { [outer]: inner === undefined ? value : { [inner]: value } };
}
