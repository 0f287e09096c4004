import type { AppDescription } from '@obo/app-registration';
import type { Resource } from './read-consents.ts';

/** Scopes of every sign-in. Entra does not always record consent to them. */
export const signInScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** The consent that an app needs at one resource. */
export interface RequiredConsent {
  client: AppDescription;
  resource: Resource;
  resourceName: string;
  scopes: readonly string[];
}

/** Lists the consents that the apps need at each other and at Microsoft Graph, except preauthorized ones. */
export const requiredConsents = (apps: readonly AppDescription[]): RequiredConsent[] =>
  apps
    .flatMap((client) =>
      client.requiredScopes.map(({ resource, values }) => ({
        client,
        resource,
        resourceName: resourceName(resource, apps),
        scopes: values.filter(
          (value) => !signInScopes.has(value) && !isPreauthorized(client, resource, value, apps),
        ),
      })),
    )
    .filter(({ resource, scopes }) => scopes.length > 0 && isPresent(resource, apps));

/** Checks whether the resource gives the scope to the client without consent. */
const isPreauthorized = (
  client: AppDescription,
  resource: Resource,
  scope: string,
  apps: readonly AppDescription[],
): boolean =>
  apps
    .find(({ key }) => key === resource)
    ?.preAuthorizedClients.some((each) => each.client === client.key && each.values.includes(scope)) ?? false;

const isPresent = (resource: Resource, apps: readonly AppDescription[]): boolean =>
  resource === 'microsoftGraph' || apps.some(({ key }) => key === resource);

export const resourceName = (resource: Resource | null, apps: readonly AppDescription[]): string =>
  resource === 'microsoftGraph'
    ? 'Microsoft Graph'
    : (apps.find(({ key }) => key === resource)?.uniqueName ?? 'another API');
