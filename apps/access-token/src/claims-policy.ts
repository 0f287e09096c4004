import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import { type Authority, issuersOf } from './authority.ts';
import { type AccessTokenClaims, accessTokenClaimsSchema, type TokenContent } from './claims.ts';
import { TokenRejected } from './validator.ts';

/** Seconds by which clocks may differ. */
export const clockTolerance = 60;

/** Seconds: the longest lifetime Entra gives a token (28 hours, with continuous access evaluation). */
const longestLifetime = 28 * 60 * 60;

export interface ClaimsPolicy {
  authority: Authority;
  /** The API's own application (client) ID: the audience of v2.0 tokens, and of v1.0 tokens if a client asked for it so. */
  clientId: string;
  /** The API's Application ID URI: the audience of v1.0 tokens. */
  appIdUri: string;
  /** Applications that may call (`azp`). */
  allowedClientIds: readonly string[];
}

/** What a route asks of a token. */
export type Permission =
  /** A token that acts for a person, with any one of these scopes; the first is the one a refusal names. */
  | { scopes: readonly [string, ...string[]] }
  /** A token that acts for an application alone, with this app role. */
  | { appRole: string };

/**
 * Reads the claims of a token whose signature is verified, and decides whether it is an access token for this API. The
 * same function serves every validator, so that they cannot differ.
 *
 * Source: "Secure applications and APIs by validating claims"; RFC 8725, sections 3.8 to 3.12; RFC 9700, section 2.3.
 *
 * @throws {TokenRejected} when it is not (401).
 */
export function readClaims(payload: unknown, policy: ClaimsPolicy): AccessTokenClaims {
  const parsed = accessTokenClaimsSchema.safeParse(payload);
  if (!parsed.success) {
    throw new TokenRejected(`claim ${String(parsed.error.issues[0]?.path[0])} is missing or malformed`);
  }
  const claims = parsed.data;
  const [issuer, issuerV1] = issuersOf(policy.authority, claims.tid);

  refuse(claims.iss !== (claims.ver === '2.0' ? issuer : issuerV1), 'another issuer');
  refuse(
    claims.aud !== policy.clientId && (claims.ver === '2.0' || claims.aud !== policy.appIdUri),
    'another audience',
  );
  refuse(claims.nbf >= claims.exp, 'never valid');
  refuse(claims.exp - claims.iat > longestLifetime, 'valid for too long');
  refuse(
    claims.scp === undefined && claims.roles === undefined,
    'neither scp nor roles: not an access token',
  );
  refuse(claims.idtyp === 'app' && claims.scp !== undefined, 'both app-only and delegated');
  return claims;
}

/**
 * Decides what depends on the moment and the route, and so has to be decided at every request.
 *
 * @param now Seconds since the epoch.
 * @throws {TokenRejected} when the token is out of its time (401).
 * @throws {Problem} `client_not_allowed` or `insufficient_scope` (403) when it does not permit this.
 */
export function authorize(
  { claims, scopes }: Pick<TokenContent, 'claims' | 'scopes'>,
  policy: ClaimsPolicy,
  permission: Permission,
  now: number,
): void {
  refuse(claims.exp <= now - clockTolerance, 'expired');
  refuse(claims.nbf >= now + clockTolerance, 'not valid yet');
  refuse(claims.iat >= now + clockTolerance, 'issued in the future');

  if (!policy.allowedClientIds.includes(claims.azp)) {
    throw new Problem(problems.client_not_allowed, {
      detail: 'Register the calling application with this API, in ALLOWED_CLIENT_IDS.',
    });
  }
  if (!permits(claims, scopes, permission)) {
    const detail =
      'scopes' in permission
        ? `This needs a token that acts for a signed-in user, with the scope ${permission.scopes[0]}.`
        : `This needs a token of an application, with the app role ${permission.appRole}.`;
    const scope = 'scopes' in permission ? { scope: permission.scopes[0] } : {};
    throw new Problem(problems.insufficient_scope, {
      detail,
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'insufficient_scope', ...scope }) },
    });
  }
}

function permits(
  claims: Readonly<AccessTokenClaims>,
  scopes: ReadonlySet<string>,
  permission: Permission,
): boolean {
  const appOnly = claims.scp === undefined || claims.idtyp === 'app';
  if ('appRole' in permission) return appOnly && (claims.roles ?? []).includes(permission.appRole);
  return !appOnly && permission.scopes.some((scope) => scopes.has(scope));
}

function refuse(condition: boolean, reason: string): void {
  if (condition) throw new TokenRejected(reason);
}
