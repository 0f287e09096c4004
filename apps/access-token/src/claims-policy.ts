import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import {
  type AccessTokenClaims,
  accessTokenClaimsSchema,
  type TokenContent,
  TokenRejected,
} from './access-token.ts';
import { type Authority, issuersOf } from './authority.ts';

// The library has already checked issuer, audience and lifetime. They are checked again here so that a bug in one library,
// or the change to another, cannot change which tokens this API accepts.

/** Seconds by which clocks may differ. */
export const clockTolerance = 60;

/** Seconds: the longest lifetime that Entra gives a token (28 hours, with continuous access evaluation). */
const longestLifetime = 28 * 60 * 60;

export interface ClaimsPolicy {
  authority: Authority;
  /** The API's own application (client) ID: the audience of v2.0 tokens, and of v1.0 tokens if the client requested it. */
  clientId: string;
  /** The API's Application ID URI: the audience of v1.0 tokens. */
  appIdUri: string;
  /** Applications that may call (`azp`). */
  allowedClientIds: readonly string[];
}

/**
 * Reads the claims of a token whose signature is verified, and decides whether it is an access token for this API.
 *
 * Source: "Secure applications and APIs by validating claims"; RFC 8725, sections 3.8 to 3.12; RFC 9700, section 2.3.
 *
 * @throws {TokenRejected} if it is not (401).
 */
export function readClaims(payload: unknown, policy: ClaimsPolicy): AccessTokenClaims {
  const parsed = accessTokenClaimsSchema.safeParse(payload);
  if (!parsed.success) {
    throw new TokenRejected(`claim ${String(parsed.error.issues[0]?.path[0])} is missing or malformed`);
  }
  const claims = parsed.data;
  const [issuer, issuerV1] = issuersOf(policy.authority, claims.tid);

  if (claims.iss !== (claims.ver === '2.0' ? issuer : issuerV1)) throw new TokenRejected('another issuer');
  if (claims.aud !== policy.clientId && (claims.ver === '2.0' || claims.aud !== policy.appIdUri))
    throw new TokenRejected('another audience');
  if (claims.nbf >= claims.exp) throw new TokenRejected('never valid');
  if (claims.exp - claims.iat > longestLifetime) throw new TokenRejected('valid for too long');
  if (claims.scp === undefined && claims.roles === undefined)
    throw new TokenRejected('neither scp nor roles: not an access token');
  if (claims.idtyp === 'app' && claims.scp !== undefined)
    throw new TokenRejected('both app-only and delegated');
  return claims;
}

/**
 * Decides whether a token permits a request now. This depends on the time and the route, so it runs at every request.
 *
 * @param scopes Any one of them suffices. The first is the one that an error names.
 * @param now Seconds since the epoch.
 * @throws {TokenRejected} outside the lifetime of the token (401).
 * @throws {Problem} `client_not_allowed` or `insufficient_scope` (403).
 */
export function authorize(
  token: Pick<TokenContent, 'claims' | 'scopes'>,
  policy: ClaimsPolicy,
  scopes: readonly [string, ...string[]],
  now: number,
): void {
  const { claims } = token;
  if (claims.exp <= now - clockTolerance) throw new TokenRejected('expired');
  if (claims.nbf >= now + clockTolerance) throw new TokenRejected('not valid yet');
  if (claims.iat >= now + clockTolerance) throw new TokenRejected('issued in the future');

  if (!policy.allowedClientIds.includes(claims.azp)) {
    throw new Problem(problems.client_not_allowed, {
      detail: 'Register the calling application with this API, in ALLOWED_CLIENT_IDS.',
    });
  }
  // An app-only token has roles instead of scopes.
  if (!scopes.some((scope) => token.scopes.has(scope))) {
    const [scope] = scopes;
    throw new Problem(problems.insufficient_scope, {
      detail: `This needs a token that acts for a signed-in user, with the scope ${scope}.`,
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'insufficient_scope', scope }) },
    });
  }
}
