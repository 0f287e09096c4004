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

/** What a valid token says. Nothing in it could be presented anywhere, so it may be kept for a while. */
export interface TokenContent {
  readonly claims: Readonly<AccessTokenClaims>;
  readonly scopes: ReadonlySet<string>;
  /** Whose token it is: tenant and object ID, `tid.oid`. */
  readonly person: string;
  /** SHA-256 of the whole token, signature included: 32 characters, one for each byte. */
  readonly digest: string;
  /** A keyed hash of person and digest, by which what was got with this token is kept. It holds in this process only. */
  readonly session: string;
  /** What somebody keeps beside the token, to find it without a look-up. It is forgotten with the token. */
  companion?: object | undefined;
}

/** Who is asking, and how: the only source of identity behind a protected route. */
export class AccessToken implements TokenContent {
  readonly claims: Readonly<AccessTokenClaims>;
  readonly scopes: ReadonlySet<string>;
  readonly person: string;
  readonly digest: string;
  readonly session: string;
  readonly #encoded: string;
  readonly #content: TokenContent;

  /** Only the guard makes one, after validation; so an assertion is always a validated token. */
  constructor(encoded: string, content: TokenContent) {
    const { claims, scopes, person, digest, session } = content;
    this.#encoded = encoded;
    this.#content = content;
    this.claims = claims;
    this.scopes = scopes;
    this.person = person;
    this.digest = digest;
    this.session = session;
  }

  /** The token itself, to be exchanged on behalf of its user and for nothing else. It has no other way out. */
  get assertion(): string {
    return this.#encoded;
  }

  get companion(): object | undefined {
    return this.#content.companion;
  }

  set companion(companion: object | undefined) {
    this.#content.companion = companion;
  }
}
