import type { Directory } from '../../directory/directory.ts';
import type { Person } from '../../directory/people.ts';
import { registeredAppRoles } from '../scopes/app-roles.ts';
import type { Client } from '../scopes/client.ts';
import { missingConsent, type PermissionRequest } from '../scopes/consent.ts';
import { readConsentScopes } from '../scopes/requested-scopes.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** An administrator was sent here to consent for everybody ("Admin consent on the Microsoft identity platform"). */
export const asksForOrganization = ({ request }: SignInFlow): boolean =>
  request.returnTo.kind === 'redirect' && request.returnTo.purpose !== 'code';

/** What this sign-in needs the person's consent for. */
export function personRequests(
  directory: Directory,
  client: Client,
  flow: SignInFlow,
  person: Person,
): PermissionRequest[] {
  const requested = readConsentScopes(directory, client, flow.request.scope);
  const everything = flow.request.prompt === 'consent' && !flow.consented;
  return missingConsent(directory, client, requested, person.id, everything);
}

/** What the administrator is asked for everybody: all of it, granted or not. `/.default` brings the app roles with it. */
export function organizationRequests(
  directory: Directory,
  client: Client,
  { request }: SignInFlow,
): PermissionRequest[] {
  const requested = readConsentScopes(directory, client, request.scope);
  const scopes = missingConsent(directory, client, requested, '', true);
  return requested.some(({ isDefault }) => isDefault)
    ? [...scopes, ...registeredAppRoles(directory, client)]
    : scopes;
}
