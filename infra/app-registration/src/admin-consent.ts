import { z } from 'zod';
import type { AppKey } from './apps.ts';
import type { AppDescription } from './description.ts';
import type { Change } from './register-apps.ts';
import { microsoftGraphAppId } from './settings/microsoft-graph-scopes.ts';
import { findServicePrincipal } from './tenant/applications.ts';
import type { GraphClient } from './tenant/graph-client.ts';

const grantSchema = z.object({
  id: z.string(),
  consentType: z.string(),
  principalId: z.string().nullish(),
  resourceId: z.string(),
  scope: z.string(),
});
type Grant = z.infer<typeof grantSchema>;

/** Object IDs of the apps' service principals; `null` for one that does not exist yet. */
export type ServicePrincipals = Readonly<Record<AppKey, string | null>>;

interface MissingConsent {
  client: AppDescription;
  clientId: string | null;
  resource: string;
  resourceId: string | null;
  existing: Grant | undefined;
  /** The missing scopes, and those that were granted before: they stay. */
  scopes: readonly string[];
}

/** Lists the missing admin consents, of each app for the permissions that its registration lists. */
export async function planAdminConsent(
  graph: GraphClient,
  apps: readonly AppDescription[],
  principals: ServicePrincipals,
): Promise<Change[]> {
  return (await missingConsents(graph, apps, principals)).map(toChange);
}

/**
 * Consents on behalf of all users in the tenant, so that none is asked at sign-in.
 *
 * Source: Microsoft Graph v1.0, "Create" and "Update a delegated permission grant"; "Grant tenant-wide admin consent to an
 * application".
 *
 * @throws {GraphRequestError} `Authorization_RequestDenied` when the account may not consent.
 */
export async function grantAdminConsent(
  graph: GraphClient,
  apps: readonly AppDescription[],
  principals: Readonly<Record<AppKey, string>>,
): Promise<Change[]> {
  const missing = await missingConsents(graph, apps, principals);
  for (const { clientId, resourceId, existing, scopes } of missing) {
    const scope = scopes.join(' ');
    if (existing) await graph.patch(`/oauth2PermissionGrants/${existing.id}`, { scope });
    else
      await graph.post('/oauth2PermissionGrants', {
        clientId,
        consentType: 'AllPrincipals',
        resourceId,
        scope,
      });
  }
  return missing.map(toChange);
}

async function missingConsents(
  graph: GraphClient,
  apps: readonly AppDescription[],
  principals: ServicePrincipals,
): Promise<MissingConsent[]> {
  const microsoftGraph = await findServicePrincipal(graph, microsoftGraphAppId);
  const missing: MissingConsent[] = [];
  for (const client of apps) {
    const clientId = principals[client.key];
    const grants = clientId === null ? [] : await readAdminGrants(graph, clientId);
    for (const { resource, values } of client.requiredScopes) {
      const resourceId = resource === 'microsoftGraph' ? microsoftGraph : principals[resource];
      const existing = grants.find((grant) => grant.resourceId === resourceId);
      const granted = existing?.scope.split(' ').filter(Boolean) ?? [];
      if (values.every((value) => granted.includes(value))) continue;
      const name = apps.find(({ key }) => key === resource)?.uniqueName ?? 'Microsoft Graph';
      const scopes = [...new Set([...granted, ...values])];
      missing.push({ client, clientId, resource: name, resourceId, existing, scopes });
    }
  }
  return missing;
}

async function readAdminGrants(graph: GraphClient, clientId: string): Promise<Grant[]> {
  return (await readGrants(graph, clientId)).filter(({ consentType }) => consentType === 'AllPrincipals');
}

/** Reads a client's consents: by single users (`Principal`) and on behalf of all (`AllPrincipals`). */
export async function readGrants(graph: GraphClient, clientId: string): Promise<Grant[]> {
  const all = await graph.list(`/oauth2PermissionGrants?$filter=clientId eq '${clientId}'`);
  return z.array(grantSchema).parse(all);
}

const toChange = ({ client, resource, existing, scopes }: MissingConsent): Change => ({
  app: client.uniqueName,
  property: `consent for all users to ${resource}`,
  from: existing?.scope ?? null,
  to: scopes.join(' '),
});

/**
 * Returns the URL at which an administrator can consent for all users. The SPA's request includes the permissions of the
 * middle tier, as the middle tier lists it as a known client.
 *
 * Source: "Admin consent on the Microsoft identity platform".
 */
export function adminConsentUrl(
  authorityUrl: string,
  tenantId: string,
  appIds: Readonly<Record<AppKey, string>>,
  spaUrl: string,
): string {
  const url = new URL(`${authorityUrl}/${tenantId}/v2.0/adminconsent`);
  url.search = new URLSearchParams({
    client_id: appIds.spa,
    scope: `api://${appIds.middleTierApi}/.default`,
    redirect_uri: `${spaUrl}/redirect.html`,
  }).toString();
  return url.href;
}
