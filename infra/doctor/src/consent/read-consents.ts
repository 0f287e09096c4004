import type { AppKey } from '@obo/app-registration';
import {
  findServicePrincipal,
  type GraphClient,
  microsoftGraphAppId,
  readAllGrants,
} from '@obo/app-registration/tenant';
import type { Registrations } from '../registrations/read-registrations.ts';

export type Resource = AppKey | 'microsoftGraph';

/** What was consented to, for one app at one resource. */
export interface Consent {
  client: AppKey;
  /** `null` for a resource that is none of ours. */
  resource: Resource | null;
  /** Whose consent it is; `null` for everyone's. */
  person: string | null;
  scopes: readonly string[];
}

/**
 * Reads what people and administrators consented to, for each of the apps.
 *
 * @throws {GraphRequestError} `Authorization_RequestDenied` when the account may not see it.
 */
export async function readConsents(graph: GraphClient, { apps }: Registrations): Promise<Consent[]> {
  const resources = new Map<string, Resource>();
  const microsoftGraph = await findServicePrincipal(graph, microsoftGraphAppId);
  if (microsoftGraph !== null) resources.set(microsoftGraph, 'microsoftGraph');
  for (const { app, servicePrincipal } of apps)
    if (servicePrincipal) resources.set(servicePrincipal.id, app.key);
  const consents: Consent[] = [];
  for (const { app, servicePrincipal } of apps) {
    if (servicePrincipal === null) continue;
    for (const { consentType, principalId, resourceId, scope } of await readAllGrants(
      graph,
      servicePrincipal.id,
    )) {
      consents.push({
        client: app.key,
        resource: resources.get(resourceId) ?? null,
        person: consentType === 'AllPrincipals' ? null : (principalId ?? ''),
        scopes: scope.split(' ').filter(Boolean),
      });
    }
  }
  return consents;
}
