import { z } from 'zod';
import type { AppDescription, AppKey } from './description.ts';
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
export type Grant = z.infer<typeof grantSchema>;

/** Object ids of the apps' service principals; `null` where there is none yet. */
export type ServicePrincipals = Readonly<Record<AppKey, string | null>>;

interface MissingConsent {
  client: AppDescription;
  clientId: string | null;
  resource: string;
  resourceId: string | null;
  existing: Grant | undefined;
  /** All scopes there will be; consent that was given before is not taken away. */
  scopes: readonly string[];
}

/** Says which consents for everyone are missing: each app's to what its registration lists. */
export async function planConsent(
  graph: GraphClient,
  apps: readonly AppDescription[],
  principals: ServicePrincipals,
): Promise<Change[]> {
  return (await missingConsents(graph, apps, principals)).map(toChange);
}

/**
 * Consents for everyone in the tenant, so that nobody is asked any more.
 *
 * Source: Microsoft Graph v1.0, "Create" and "Update a delegated permission grant"; "Grant tenant-wide admin consent to an
 * application".
 *
 * @throws {GraphRequestError} `Authorization_RequestDenied` when the account may not.
 */
export async function consentForEveryone(
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
    const grants = clientId === null ? [] : await readGrants(graph, clientId);
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

/** What was consented to for everybody, for this client; consents of single people are not among it. */
export async function readGrants(graph: GraphClient, clientId: string): Promise<Grant[]> {
  return (await readAllGrants(graph, clientId)).filter(({ consentType }) => consentType === 'AllPrincipals');
}

/** What was consented to for this client, by single people (`Principal`) and for everybody (`AllPrincipals`). */
export async function readAllGrants(graph: GraphClient, clientId: string): Promise<Grant[]> {
  const all = await graph.list(`/oauth2PermissionGrants?$filter=clientId eq '${clientId}'`);
  return z.array(grantSchema).parse(all);
}

const toChange = ({ client, resource, existing, scopes }: MissingConsent): Change => ({
  app: client.uniqueName,
  property: `consent for everyone to ${resource}`,
  from: existing?.scope ?? null,
  to: scopes.join(' '),
});

/**
 * Where an administrator can consent for everyone, if the account that registers may not. The SPA asks for what the middle
 * tier lists as well, because the middle tier knows it as its client.
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
