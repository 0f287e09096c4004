import type { AppKey } from '@obo/app-registration';
import {
  findServicePrincipal,
  type GraphClient,
  microsoftGraphAppId,
  readGrants,
} from '@obo/app-registration/tenant';
import type { Registrations } from '../registrations/read-registrations.ts';

export type Resource = AppKey | 'microsoftGraph';

/** A consent for one app at one resource. */
export interface Consent {
  client: AppKey;
  /** `null` for a resource that the description does not name. */
  resource: Resource | null;
  /** Object ID of the user who consented; `null` for consent on behalf of all users. */
  user: string | null;
  scopes: readonly string[];
}

/**
 * Reads the consents of users and administrators for each of the apps.
 *
 * @throws {GraphRequestError} `Authorization_RequestDenied` when the account may not read them.
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
    for (const { consentType, principalId, resourceId, scope } of await readGrants(
      graph,
      servicePrincipal.id,
    )) {
      consents.push({
        client: app.key,
        resource: resources.get(resourceId) ?? null,
        user: consentType === 'AllPrincipals' ? null : (principalId ?? ''),
        scopes: scope.split(' ').filter(Boolean),
      });
    }
  }
  return consents;
}
