import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { longestSignIn } from '../session/cookies.ts';
import { createSecret, keyOf } from '../session/sessions.ts';

/** How a sign-in failed, in the words of the identity provider. */
export interface SignInFailure {
  /** An OAuth error, such as `access_denied`. */
  error: string;
  /** An AADSTS number, such as `65004`. */
  number?: string | undefined;
}

/** A sign-in that a browser has begun. */
export interface Attempt {
  state: string;
  codeVerifier: string;
  nonce: string;
  /** Path of the page that the user comes back to. */
  returnTo: string;
  /** ID of the session that it replaces. */
  replaces: string | undefined;
  /** Once the user is back, until the page has read it. */
  outcome?: { succeeded: true } | SignInFailure | undefined;
}

/** The sign-ins under way. */
export interface Attempts {
  begin(returnTo: string, replaces: string | undefined): { id: string; attempt: Attempt };
  find(id: string): Attempt | undefined;
  end(id: string): void;
}

/**
 * Creates an empty store in memory.
 *
 * @param limit Sign-ins at most; the oldest one ends first.
 */
export function createAttempts(limit: number): Attempts {
  const attempts = new LRUCache<string, Attempt>({ max: limit, ttl: longestSignIn });
  return {
    begin(returnTo, replaces) {
      const id = createSecret();
      const attempt = {
        state: createSecret(),
        codeVerifier: createSecret(),
        nonce: createSecret(),
        returnTo,
        replaces,
      };
      attempts.set(keyOf(id), attempt);
      return { id, attempt };
    },
    find: (id) => attempts.get(keyOf(id)),
    end: (id) => void attempts.delete(keyOf(id)),
  };
}

/** Returns the challenge for a verifier (RFC 7636, section 4.2). */
export const codeChallengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');

/** Compares two secrets in constant time. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(keyOf(one)), Buffer.from(keyOf(other)));
