import { type CacheReport, reportCache } from '@obo/service-defaults/observability';
import { createUserCache } from '@obo/service-defaults/user-cache';
import { clockTolerance } from './claims-policy.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { ValidatedToken } from './validate-token.ts';

/** Caches validated tokens, so that a token is not verified at every request. */
export interface ValidatedTokens {
  /**
   * Finds a token that was validated before, if the issuer still publishes its key. Its lifetime and permissions are not
   * checked.
   *
   * @param digest The digest of the whole token: with one bit changed it is another token.
   */
  find(digest: string): ValidatedToken | undefined;
  /** Caches a token that a route accepted. Not earlier, because rejected callers must not displace others. */
  keep(token: ValidatedToken): void;
  /** Removes all tokens of a user. */
  forget(userKey: string): void;
}

/** Milliseconds after which a token is verified again. */
const keepFor = 5 * 60_000;

/** Bytes for all cached tokens: about 15,000 tokens. */
const capacity = 32 * 1024 * 1024;

/** Creates an empty cache. It belongs to one guard, because its tokens passed the policy of that guard. */
export function createValidatedTokens(
  keys: Pick<SigningKeys, 'isCurrent'>,
  report: CacheReport<'memory'> = reportCache(undefined, 'validated_tokens'),
): ValidatedTokens {
  const tokens = createUserCache<ValidatedToken>(capacity, (_token, reason) =>
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
    forget: (userKey) => tokens.forget(userKey),
  };
}
