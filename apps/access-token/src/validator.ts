import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

/** The token is not valid here. The reason is for logs, never for the caller. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
  readonly outcome = 'invalid_token';
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Verifies signature, issuer, audience and lifetime of a token with one particular library.
 *
 * @returns the claims.
 * @throws {TokenRejected}
 */
export type VerifyToken = (token: string, key: SigningKey) => Promise<unknown>;

/** What a verifying library is told. */
export interface VerifyOptions {
  issuers: string[];
  audiences: string[];
  /** Seconds. */
  clockTolerance: number;
}

/**
 * The header of every access token of Entra. Anything else is refused before a key is looked up: other algorithms
 * (RFC 8725, section 3.1), critical extensions (RFC 7515, section 4.1.11), other types (RFC 8725, section 3.11).
 * `jku`, `x5u` and `jwk` are never looked at (section 3.10). `x5t` must not name another key than `kid`.
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

/** Longest token looked at, in characters. A real one with 200 groups has 16,000; the server takes headers of 32,768 bytes. */
const longestToken = 28_000;

/**
 * Puts the checks that every library shares before the library, and the issuer's current keys at its side.
 *
 * @param verifierFor The verifier for the tokens of a tenant, or `undefined` where that tenant's people may not call.
 * @returns the claims, and the key that made the signature.
 * @throws {TokenRejected} when the token is not valid.
 * @throws {IssuerUnavailable} when that cannot be known.
 */
export function createTokenValidator(
  keys: SigningKeys,
  verifierFor: (tenantId: string) => VerifyToken | undefined,
): (token: string) => Promise<{ payload: unknown; key: SigningKey }> {
  return async (token) => {
    const { kid, tenantId } = read(token);
    const verify = verifierFor(tenantId);
    if (!verify) throw new TokenRejected('another tenant');
    const key = await keys.find(kid);
    if (!key) throw new TokenRejected('no key of the issuer has this kid');
    return { payload: await verify(token, key), key };
  };
}

/** What must be known of a token before it can be verified. None of it is trusted. */
function read(token: string): { kid: string; tenantId: string } {
  if (token.length > longestToken) throw new TokenRejected('too long');
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
