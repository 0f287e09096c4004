import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { longestSignIn } from '../session/cookies.ts';
import { createSecret, keyOf, type Stores } from '../session/stores.ts';

/** How a sign-in failed, in the words of the identity provider. */
const failureSchema = z.object({
  /** An OAuth error, such as `access_denied`. */
  error: z.string(),
  /** An AADSTS number, such as `65004`. */
  number: z.string().optional(),
});
export type SignInFailure = z.output<typeof failureSchema>;

/** A sign-in that a browser has begun. */
const attemptSchema = z.object({
  state: z.string(),
  codeVerifier: z.string(),
  nonce: z.string(),
  /** Path of the page that the user comes back to. */
  returnTo: z.string(),
  /** ID of the session that it replaces. */
  replaces: z.string().optional(),
  /** Once the user is back, until the page has read it. */
  outcome: z.union([z.object({ succeeded: z.literal(true) }), failureSchema]).optional(),
});
export type Attempt = z.output<typeof attemptSchema>;

/** The sign-ins under way. */
export interface Attempts {
  begin(returnTo: string, replaces: string | undefined): Promise<{ id: string; attempt: Attempt }>;
  find(id: string): Promise<Attempt | undefined>;
  /** Notes how an attempt ended. */
  finish(id: string, attempt: Attempt, outcome: Attempt['outcome']): Promise<void>;
  end(id: string): Promise<void>;
}

/** Creates the sign-ins, in one of the stores. */
export function createAttempts(stores: Stores): Attempts {
  const store = stores.open({
    kind: 'sign-in',
    schema: attemptSchema,
    idle: longestSignIn,
    lifetime: longestSignIn,
  });
  return {
    async begin(returnTo, replaces) {
      const id = createSecret();
      const attempt = {
        state: createSecret(),
        codeVerifier: createSecret(),
        nonce: createSecret(),
        returnTo,
        replaces,
      };
      await store.add(id, attempt);
      return { id, attempt };
    },
    find: store.find,
    finish: (id, attempt, outcome) => store.replace(id, { ...attempt, outcome }),
    end: store.remove,
  };
}

/** Returns the challenge for a verifier (RFC 7636, section 4.2). */
export const codeChallengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');

/** Compares two secrets in constant time. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(keyOf(one)), Buffer.from(keyOf(other)));
