import { type CacheReport, reportCache } from '@obo/service-defaults/observability';
import { Problem, problems } from '@obo/service-defaults/problems';
import { createUserCache } from '@obo/service-defaults/user-cache';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { contentOf, type TokenContent, TokenRejected } from './access-token.ts';
import { issuersOf } from './authority.ts';
import { type ClaimsPolicy, clockTolerance, readClaims } from './claims-policy.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';
import type { Validator, VerifyOptions, VerifyToken } from './verify-token.ts';
import { verifyWithJose } from './verify-with-jose.ts';
import { verifyWithPassport } from './verify-with-passport.ts';

/** The content of a token, and the key that its signature was verified with. */
export interface ValidatedToken extends TokenContent {
  readonly key: SigningKey;
}

export const verifyWith: Record<Validator, (options: VerifyOptions) => VerifyToken> = {
  'passport-azure-ad': verifyWithPassport,
  jose: verifyWithJose,
};

/**
 * Creates the function that validates a token: header, key, signature and standard claims with the library, then our
 * policy for claims.
 *
 * @returns a function that takes the encoded token and its digest. It throws a {@link TokenRejected} for an invalid
 *   token, `IssuerUnavailable` if the keys cannot be fetched, and `tenant_not_allowed` (403).
 */
export function createTokenValidator(
  policy: ClaimsPolicy,
  validator: Validator,
  keys: SigningKeys,
): (token: string, digest: string) => Promise<ValidatedToken> {
  const { authority, clientId, appIdUri } = policy;
  const verifiers = new Map<string, VerifyToken>();
  for (const tenantId of authority.allowedTenantIds ?? [authority.tenantId]) {
    const options: VerifyOptions = {
      issuers: issuersOf(authority, tenantId),
      audiences: [clientId, appIdUri],
      clockTolerance,
    };
    verifiers.set(tenantId, verifyWith[validator](options));
  }

  return async (token, digest) => {
    const { kid, tenantId } = readUnverified(token);
    const verify = verifiers.get(tenantId);
    if (!verify && authority.allowedTenantIds) throw new Problem(problems.tenant_not_allowed);
    if (!verify) throw new TokenRejected('another tenant');
    const key = await keys.find(kid, tenantId);
    if (!key) throw new TokenRejected('no key of the issuer has this kid');
    return { ...contentOf(readClaims(await verify(token, key), policy), digest), key };
  };
}

/**
 * The header of every access token from Entra. All others are rejected before a key is looked up: other algorithms
 * (RFC 8725, section 3.1), critical extensions (RFC 7515, section 4.1.11), other types (RFC 8725, section 3.11). `jku`,
 * `x5u` and `jwk` are never read (section 3.10). `x5t` must not name another key than `kid`.
 */
const headerSchema = z.object({
  alg: z.literal('RS256'),
  typ: z.literal('JWT'),
  kid: z.string().min(1).max(256),
  x5t: z.string().optional(),
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
});

/** Characters of the longest token that is read. With 200 groups it has 16,000; the server accepts headers of 32,768 bytes. */
const longestToken = 28_000;

/** Reads what must be known about a token before it can be verified. Nothing in it is trusted. */
function readUnverified(token: string): { kid: string; tenantId: string } {
  if (token.length > longestToken) throw new TokenRejected('too long');
  // Base64url without padding (RFC 7515, section 7.1); the libraries accept more.
  if (!/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token))
    throw new TokenRejected('not a signed JWT');
  let header: unknown;
  let payload: { tid?: unknown };
  try {
    header = decodeProtectedHeader(token);
    payload = decodeJwt(token);
  } catch {
    throw new TokenRejected('not a signed JWT');
  }
  const parsed = headerSchema.safeParse(header);
  if (!parsed.success)
    throw new TokenRejected(`header ${String(parsed.error.issues[0]?.path[0])} is not as expected`);
  const { kid, x5t = kid } = parsed.data;
  if (x5t !== kid) throw new TokenRejected('header x5t is not as expected');
  if (typeof payload.tid !== 'string') throw new TokenRejected('claim tid is missing or malformed');
  return { kid, tenantId: payload.tid };
}

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
