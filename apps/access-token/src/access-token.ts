import { createHmac, hash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** The token is not valid for this API. The reason is for logs, never for the caller. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
  readonly outcome = 'invalid_token';
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

const common = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.int(),
  nbf: z.int(),
  exp: z.int(),
  tid: z.guid(),
  oid: z.guid(),
  sub: z.string().min(1).max(256),
  scp: z.string().max(4096).optional(),
  roles: z.array(z.string()).optional(),
  idtyp: z.enum(['app', 'user']).optional(),
  /** Authentication contexts that the user satisfied, such as `c1`. In another shape it counts as absent. */
  acrs: z.array(z.string()).optional().catch(undefined),
  /** Capabilities that the client declared; with `cp1` it can act on claims challenges. */
  xms_cc: z.array(z.string()).optional().catch(undefined),
});

/**
 * The claims that decisions depend on ("Access token claims reference"). All other claims are ignored. v1.0 tokens name
 * the calling application `appid`, v2.0 tokens `azp`.
 */
export const accessTokenClaimsSchema = z.discriminatedUnion('ver', [
  common.extend({ ver: z.literal('2.0'), azp: z.guid() }),
  common
    .extend({ ver: z.literal('1.0'), appid: z.guid() })
    .transform(({ appid, ...claims }) => ({ ...claims, azp: appid })),
]);
export type AccessTokenClaims = z.infer<typeof accessTokenClaimsSchema>;

/** The content of a valid token. It contains nothing that a service would accept as a token, so it may be cached. */
export interface TokenContent {
  readonly claims: Readonly<AccessTokenClaims>;
  readonly scopes: ReadonlySet<string>;
  /** The user: tenant and object ID, `tid.oid`. */
  readonly userKey: string;
  /** SHA-256 of the whole token, signature included: 32 characters, one for each byte. */
  readonly digest: string;
  /** A keyed hash of user and digest: the key for what was acquired with this token, in this process only. */
  readonly assertionKey: string;
}

const assertionSecret = randomBytes(32);

/** Hashes a whole token with SHA-256, so that caches need not hold it. */
export const digestOf = (token: string): string => hash('sha256', token, 'binary');

/** Returns the key for what was acquired with a token: a keyed hash of its user and its digest. */
export const assertionKeyOf = (userKey: string, digest: string): string =>
  createHmac('sha256', assertionSecret).update(userKey).update(digest, 'binary').digest('base64url');

/** Builds the content of a token from its validated claims. */
export function contentOf(claims: AccessTokenClaims, digest: string): TokenContent {
  const userKey = `${claims.tid}.${claims.oid}`;
  return {
    claims,
    scopes: new Set((claims.scp ?? '').split(' ').filter(Boolean)),
    userKey,
    digest,
    assertionKey: assertionKeyOf(userKey, digest),
  };
}

/** The caller of a request: the only source of identity behind a protected route. */
export class AccessToken implements TokenContent {
  readonly claims: Readonly<AccessTokenClaims>;
  readonly scopes: ReadonlySet<string>;
  readonly userKey: string;
  readonly digest: string;
  readonly assertionKey: string;
  readonly #encoded: string;

  /** Only the guard creates one, after validation; so an assertion is always a validated token. */
  constructor(encoded: string, { claims, scopes, userKey, digest, assertionKey }: TokenContent) {
    this.#encoded = encoded;
    this.claims = claims;
    this.scopes = scopes;
    this.userKey = userKey;
    this.digest = digest;
    this.assertionKey = assertionKey;
  }

  /** The token itself, only for the exchange on behalf of its user. */
  get assertion(): string {
    return this.#encoded;
  }
}
