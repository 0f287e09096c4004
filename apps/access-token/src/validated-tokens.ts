import { createHmac, hash, randomBytes } from 'node:crypto';
import { type CacheReport, reportCache } from '@obo/service-defaults/observability';
import { createPersonalCache } from '@obo/service-defaults/user-cache';
import type { AccessTokenClaims, TokenContent } from './claims.ts';
import { clockTolerance } from './claims-policy.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

/** The content of a token, and the key that its signature was verified with. */
export interface ValidatedToken extends TokenContent {
  readonly key: SigningKey;
}

/** Remembers which tokens were found valid, so that each is verified once in a while and not at every request. */
export interface ValidatedTokens {
  /**
   * @param digest Of the whole token, by {@link digestOf}: one bit more or less is another token.
   * @returns what the token says, if it was found valid and the issuer still publishes its key. Whether it has expired,
   * and what it permits, is left to be decided.
   */
  find(digest: string): ValidatedToken | undefined;
  /** Remembers a token that was let in. Not before: those who are refused must not displace anybody. */
  keep(token: ValidatedToken): void;
  /** Forgets all tokens of a person. */
  forget(person: string): void;
}

/** Milliseconds after which a token is verified again. */
const keepFor = 5 * 60_000;

/** Bytes for all that is remembered: some 15,000 tokens. */
const capacity = 32 * 1024 * 1024;

/** SHA-256, as the key of what is remembered: the token itself is not kept. */
export const digestOf = (token: string): string => hash('sha256', token, 'binary');

const sessionSecret = randomBytes(32);

/** What a token says whose claims were found valid. */
export function contentOf(claims: AccessTokenClaims, digest: string): TokenContent {
  const person = `${claims.tid}.${claims.oid}`;
  return {
    claims,
    scopes: new Set((claims.scp ?? '').split(' ').filter(Boolean)),
    person,
    digest,
    session: createHmac('sha256', sessionSecret).update(person).update(digest, 'binary').digest('base64url'),
    companion: undefined,
  };
}

/** Makes an empty memory. It belongs to one guard, as it holds for that guard's policy only. */
export function createValidatedTokens(
  keys: Pick<SigningKeys, 'isCurrent'>,
  report: CacheReport<'memory'> = reportCache(undefined, 'validated_tokens'),
): ValidatedTokens {
  const tokens = createPersonalCache<ValidatedToken>(capacity, (_token, reason) =>
    report.evicted('memory', reason),
  );
  report.watch('memory', () => ({ entries: tokens.size(), bytes: tokens.bytes() }));
  return {
    find(digest) {
      const token = tokens.get(digest);
      const known = token && keys.isCurrent(token.key) ? token : undefined;
      if (known) report.hit('memory');
      else report.miss('memory');
      return known;
    },
    keep(token) {
      const { claims, digest } = token;
      const untilExpiry = (claims.exp + clockTolerance) * 1000 - Date.now();
      tokens.set(digest, token, 2 * JSON.stringify(claims).length, Math.min(keepFor, untilExpiry));
    },
    forget: (person) => tokens.forget(person),
  };
}
