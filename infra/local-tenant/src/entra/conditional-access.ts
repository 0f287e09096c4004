import type { Directory } from '../directory/directory.ts';
import type { ConditionalAccessPolicy } from '../directory/schema.ts';
import type { User } from '../directory/users.ts';
import { type EntraError, entraError } from './errors/entra-error.ts';
import type { Authentication } from './tokens/authentication.ts';
import type { ClaimsRequest } from './tokens/claims-request.ts';

/** Whether the user gets access. `multiFactor` lists the policies that require a second factor. */
export type AccessDecision =
  | { outcome: 'granted' }
  | { outcome: 'blocked' }
  | { outcome: 'multiFactor'; policyIds: string[] };

/**
 * Applies the tenant's Conditional Access policies, and the claims that a challenge requires, to one sign-in.
 *
 * @param authentication How the user signed in. A second factor (`mfa`) satisfies every requirement for it.
 */
export function decideAccess(
  directory: Directory,
  user: User,
  resourceAppId: string,
  authentication: Authentication,
  claims: ClaimsRequest,
): AccessDecision {
  const enabled = directory.state.conditionalAccessPolicies.filter(({ state }) => state === 'enabled');
  const applying = enabled.filter(
    (policy) =>
      appliesTo(policy, user) &&
      (includesResource(policy, resourceAppId) || claims.policyIds.includes(policy.id)),
  );
  if (applying.some(({ grantControls }) => grantControls.builtInControls.includes('block')))
    return { outcome: 'blocked' };

  const demanding = applying.filter(({ grantControls }) => grantControls.builtInControls.includes('mfa'));
  const contexts = claims.contexts.filter((context) => !authentication.contexts.includes(context));
  const signedInWithMultiFactor = authentication.methods.includes('mfa');
  if (signedInWithMultiFactor || (demanding.length === 0 && contexts.length === 0))
    return { outcome: 'granted' };
  return { outcome: 'multiFactor', policyIds: demanding.map(({ id }) => id) };
}

/**
 * Returns the error for callers that cannot ask the user: 53003, or 50076 with a claims challenge. `undefined` if
 * access is granted.
 */
export function accessError(decision: AccessDecision, resourceAppId: string): EntraError | undefined {
  if (decision.outcome === 'granted') return undefined;
  if (decision.outcome === 'blocked') return entraError(53003, []);
  const claims = JSON.stringify({
    access_token: { capolids: { essential: true, values: decision.policyIds } },
  });
  return entraError(50076, [resourceAppId], decision.policyIds.length > 0 ? { claims } : {});
}

function appliesTo({ conditions }: ConditionalAccessPolicy, user: User): boolean {
  const { includeUsers } = conditions.users;
  return (
    includeUsers.includes('All') ||
    includeUsers.includes(user.id) ||
    (includeUsers.includes('GuestsOrExternalUsers') && user.userType === 'Guest')
  );
}

function includesResource({ conditions }: ConditionalAccessPolicy, resourceAppId: string): boolean {
  const { includeApplications } = conditions.applications;
  return includeApplications.includes('All') || includeApplications.includes(resourceAppId);
}
