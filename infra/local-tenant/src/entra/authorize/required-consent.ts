import type { Directory } from '../../directory/directory.ts';
import type { User } from '../../directory/users.ts';
import { registeredAppRoles } from '../scopes/app-roles.ts';
import type { Client } from '../scopes/client.ts';
import { missingConsent, type PermissionRequest } from '../scopes/consent.ts';
import { readConsentScopes } from '../scopes/requested-scopes.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/**
 * Tells whether an administrator is here to consent for the organization ("Admin consent on the Microsoft identity
 * platform").
 */
export const asksForOrganization = ({ request }: SignInFlow): boolean =>
  request.returnTo.kind === 'redirect' && request.returnTo.purpose !== 'code';

/** Lists the permissions that need the user's consent in this sign-in. */
export function userConsentRequests(
  directory: Directory,
  client: Client,
  flow: SignInFlow,
  user: User,
): PermissionRequest[] {
  const requested = readConsentScopes(directory, client, flow.request.scope);
  const everything = flow.request.prompt === 'consent' && !flow.consented;
  return missingConsent(directory, client, requested, user.id, everything);
}

/** Lists the permissions on the admin consent page, including granted ones; with `/.default`, app roles too. */
export function adminConsentRequests(
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
