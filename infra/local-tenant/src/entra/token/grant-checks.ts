import type { User } from '../../directory/users.ts';
import type { EntraServices } from '../entra-services.ts';
import { type EntraError, entraError } from '../errors/entra-error.ts';
import type { RefreshToken } from '../tokens/refresh-token.ts';

/**
 * Checks that tokens for single-page applications are redeemed cross-origin, by a page, and others are not.
 *
 * @throws {EntraError} 9002327 without `Origin`, 9002326 with it.
 */
export function checkCrossOrigin(platform: RefreshToken['platform'], origin: string | undefined): void {
  if (platform === 'spa' && origin === undefined) throw entraError(9002327, []);
  if (platform !== 'spa' && origin !== undefined) throw entraError(9002326, [origin]);
}

/**
 * Returns the error for a code or refresh token that was never issued: 70000 if it looks like one, otherwise 9002313.
 */
export const unreadableGrant = (grant: string): EntraError =>
  /^1\.[A-Za-z0-9_-]+$/.test(grant)
    ? entraError(70000, [])
    : entraError(9002313, [], { error: 'invalid_grant' });

/**
 * Finds the user of a grant.
 *
 * @throws {EntraError} 50034 if the user does not exist, 50057 if the account is disabled.
 */
export function signedInUser({ directory }: EntraServices, userId: string): User {
  const user = directory.findUser(userId);
  if (!user) throw entraError(50034, [userId, 'local']);
  if (!user.accountEnabled) throw entraError(50057, []);
  return user;
}
