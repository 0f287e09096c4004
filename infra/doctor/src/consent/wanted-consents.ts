import type { AppDescription } from '@obo/app-registration';
import type { Resource } from './read-consents.ts';

/** Every sign-in asks for these; whether they are written down varies. */
export const ofSignIn: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** What an app needs consent for, at one resource. */
export interface WantedConsent {
  client: AppDescription;
  resource: Resource;
  resourceName: string;
  scopes: readonly string[];
}

/** What the apps list of each other and of Microsoft Graph, without what nobody is asked for. */
export const wantedConsents = (apps: readonly AppDescription[]): WantedConsent[] =>
  apps
    .flatMap((client) =>
      client.requiredScopes.map(({ resource, values }) => ({
        client,
        resource,
        resourceName: resourceName(resource, apps),
        scopes: values.filter(
          (value) => !ofSignIn.has(value) && !isPreAuthorized(client, resource, value, apps),
        ),
      })),
    )
    .filter(({ resource, scopes }) => scopes.length > 0 && isThere(resource, apps));

/** Whether the resource lets the client have it without consent: then there is none. */
const isPreAuthorized = (
  client: AppDescription,
  resource: Resource,
  scope: string,
  apps: readonly AppDescription[],
): boolean =>
  apps
    .find(({ key }) => key === resource)
    ?.preAuthorizedClients.some((each) => each.client === client.key && each.values.includes(scope)) ?? false;

const isThere = (resource: Resource, apps: readonly AppDescription[]): boolean =>
  resource === 'microsoftGraph' || apps.some(({ key }) => key === resource);

export const resourceName = (resource: Resource | null, apps: readonly AppDescription[]): string =>
  resource === 'microsoftGraph'
    ? 'Microsoft Graph'
    : (apps.find(({ key }) => key === resource)?.uniqueName ?? 'another API');
