import { compactVerify, createLocalJWKSet, errors } from 'jose';
import type { KeySet } from '../identity-provider/read-provider.ts';

/** `unknown`: there are no keys to verify it with. */
export type Signature = 'verified' | 'wrong' | 'unknown';

/** Verifies the signature of a token with the issuer's keys, and nothing else of it (RFC 7515, section 5.2). */
export async function verifySignature(token: string, keys: KeySet | null): Promise<Signature> {
  if (keys === null || keys.keys.length === 0) return 'unknown';
  try {
    await compactVerify(token, createLocalJWKSet(keys), { algorithms: ['RS256'] });
    return 'verified';
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'wrong';
    throw error;
  }
}
