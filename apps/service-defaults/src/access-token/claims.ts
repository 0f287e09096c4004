import { z } from 'zod';

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
});

/**
 * Claims of an access token that our decisions rest on ("Access token claims reference"). Everything else in the token
 * is ignored. v1.0 tokens name the calling application `appid`, v2.0 tokens `azp`.
 */
export const accessTokenClaimsSchema = z.discriminatedUnion('ver', [
  common.extend({ ver: z.literal('2.0'), azp: z.guid() }),
  common
    .extend({ ver: z.literal('1.0'), appid: z.guid() })
    .transform(({ appid, ...claims }) => ({ ...claims, azp: appid })),
]);
export type AccessTokenClaims = z.infer<typeof accessTokenClaimsSchema>;

/** Who is asking, and how: the only source of identity behind a protected route. */
export class AccessToken {
  readonly claims: Readonly<AccessTokenClaims>;
  readonly scopes: ReadonlySet<string>;
  readonly #encoded: string;

  /** Only the guard makes one, after validation; so an assertion is always a validated token. */
  constructor(encoded: string, claims: AccessTokenClaims) {
    this.#encoded = encoded;
    this.claims = claims;
    this.scopes = new Set((claims.scp ?? '').split(' ').filter(Boolean));
  }

  /** The token itself, to be exchanged on behalf of its user and for nothing else. It has no other way out. */
  get assertion(): string {
    return this.#encoded;
  }
}
