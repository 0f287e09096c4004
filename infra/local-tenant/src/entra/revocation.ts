import type { Directory } from '../directory/directory.ts';
import { entraError } from './errors/entra-error.ts';
import type { Authentication } from './tokens/authentication.ts';

/**
 * The moment before which the user's sign-ins are revoked, if this sign-in is older.
 * Who signs in again in the same second is not held up: moments are compared in milliseconds.
 */
export function revokedAt({ state }: Directory, authentication: Authentication): Date | undefined {
  const revocation = state.revocations[authentication.userId];
  if (!revocation) return undefined;
  const validFrom = new Date(revocation.signInSessionsValidFromDateTime);
  return authentication.authenticatedAt < validFrom.getTime() ? validFrom : undefined;
}

/** @throws {EntraError} 50173 when the grant stands on a sign-in that is revoked. */
export function checkNotRevoked(
  { directory }: { directory: Directory },
  authentication: Authentication,
  issuedAt = new Date(authentication.authenticatedAt),
): void {
  const revoked = revokedAt(directory, authentication);
  if (revoked) throw entraError(50173, [issuedAt.toISOString(), revoked.toISOString()]);
}
