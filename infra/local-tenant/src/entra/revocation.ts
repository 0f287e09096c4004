import type { Directory } from '../directory/directory.ts';
import type { Authentication } from './tokens/authentication.ts';

/**
 * The moment before which the person's sign-ins are revoked, if this sign-in is older.
 * Who signs in again in the same second is not held up: moments are compared in milliseconds.
 */
export function revokedAt({ state }: Directory, authentication: Authentication): Date | undefined {
  const revocation = state.revocations[authentication.personId];
  if (!revocation) return undefined;
  const validFrom = new Date(revocation.signInSessionsValidFromDateTime);
  return authentication.authenticatedAt < validFrom.getTime() ? validFrom : undefined;
}
