import type { Directory } from '../directory/directory.ts';
import { entraError } from './errors/entra-error.ts';
import type { Authentication } from './tokens/authentication.ts';

/**
 * Returns the time before which the user's sign-ins are revoked, if this sign-in is older. Compares milliseconds, so
 * that a user can sign in again within the same second.
 */
export function revokedAt({ state }: Directory, authentication: Authentication): Date | undefined {
  const revocation = state.revocations[authentication.userId];
  if (!revocation) return undefined;
  const validFrom = new Date(revocation.signInSessionsValidFromDateTime);
  return authentication.authenticatedAt < validFrom.getTime() ? validFrom : undefined;
}

/**
 * Requires that the sign-in behind a grant was not revoked.
 *
 * @throws {EntraError} 50173 if it was.
 */
export function checkNotRevoked(
  { directory }: { directory: Directory },
  authentication: Authentication,
  issuedAt = new Date(authentication.authenticatedAt),
): void {
  const revoked = revokedAt(directory, authentication);
  if (revoked) throw entraError(50173, [issuedAt.toISOString(), revoked.toISOString()]);
}
