import { Problem, problems } from '@obo/service-defaults/problems';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { contentOf, type TokenContent, TokenRejected } from './access-token.ts';
import { type ClaimsPolicy, clockTolerance, issuersOf, readClaims } from './claims-policy.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';
import type { VerifyToken } from './verify-token.ts';
import { verifyWithJose } from './verify-with-jose.ts';
import { verifyWithPassport } from './verify-with-passport.ts';

/** The content of a token, and the key that its signature was verified with. */
export interface ValidatedToken extends TokenContent {
  readonly key: SigningKey;
}

export type Validator = 'passport-azure-ad' | 'jose';

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
    const options = {
      issuers: issuersOf(authority, tenantId),
      audiences: [clientId, appIdUri],
      clockTolerance,
    };
    verifiers.set(
      tenantId,
      validator === 'jose' ? verifyWithJose(options) : verifyWithPassport(clientId, options),
    );
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
const headerSchema = z
  .object({
    alg: z.literal('RS256'),
    typ: z.literal('JWT'),
    kid: z.string().min(1).max(256),
    x5t: z.string().optional(),
    crit: z.undefined().optional(),
    b64: z.undefined().optional(),
  })
  .refine(({ kid, x5t }) => x5t === undefined || x5t === kid);

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
  if (!parsed.success) {
    throw new TokenRejected(`header ${String(parsed.error.issues[0]?.path[0] ?? 'x5t')} is not as expected`);
  }
  if (typeof payload.tid !== 'string') throw new TokenRejected('claim tid is missing or malformed');
  return { kid: parsed.data.kid, tenantId: payload.tid };
}
