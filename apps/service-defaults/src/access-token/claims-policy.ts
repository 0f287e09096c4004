import { Problem, problems } from '../problems/problem.ts';
import { type Authority, issuersOf } from './authority.ts';
import { bearerChallenge } from './challenge.ts';
import { AccessToken, accessTokenClaimsSchema } from './claims.ts';
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
 * Decides on the claims of a token whose signature is verified. The same function serves every validator, so that
 * they cannot differ.
 *
 * Source: "Secure applications and APIs by validating claims"; RFC 8725, sections 3.8 to 3.12; RFC 9700, section 2.3.
 *
 * @param now Seconds since the epoch.
 * @throws {TokenRejected} when the token is not for this API (401).
 * @throws {Problem} `client_not_allowed` or `insufficient_scope` (403) when it is, but does not permit this.
 */
export function applyClaimsPolicy(
  encoded: string,
  payload: unknown,
  policy: ClaimsPolicy,
  permission: Permission,
  now: number,
): AccessToken {
  const parsed = accessTokenClaimsSchema.safeParse(payload);
  if (!parsed.success) {
    throw new TokenRejected(`claim ${String(parsed.error.issues[0]?.path[0])} is missing or malformed`);
  }
  const claims = parsed.data;
  const token = new AccessToken(encoded, claims);
  const [issuer, issuerV1] = issuersOf(policy.authority, claims.tid);

  refuse(claims.iss !== (claims.ver === '2.0' ? issuer : issuerV1), 'another issuer');
  refuse(
    claims.aud !== policy.clientId && (claims.ver === '2.0' || claims.aud !== policy.appIdUri),
    'another audience',
  );
  refuse(claims.exp <= now - clockTolerance, 'expired');
  refuse(claims.nbf >= now + clockTolerance, 'not valid yet');
  refuse(claims.iat >= now + clockTolerance, 'issued in the future');
  refuse(claims.nbf >= claims.exp, 'never valid');
  refuse(claims.exp - claims.iat > longestLifetime, 'valid for too long');
  refuse(
    claims.scp === undefined && claims.roles === undefined,
    'neither scp nor roles: not an access token',
  );
  refuse(claims.idtyp === 'app' && claims.scp !== undefined, 'both app-only and delegated');

  if (!policy.allowedClientIds.includes(claims.azp)) {
    throw new Problem(problems.client_not_allowed, {
      detail: 'Register the calling application with this API, in ALLOWED_CLIENT_IDS.',
    });
  }
  if (!permits(token, permission)) {
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
  return token;
}

function permits({ claims, scopes }: AccessToken, permission: Permission): boolean {
  const appOnly = claims.scp === undefined || claims.idtyp === 'app';
  if ('appRole' in permission) return appOnly && (claims.roles ?? []).includes(permission.appRole);
  return !appOnly && permission.scopes.some((scope) => scopes.has(scope));
}

function refuse(condition: boolean, reason: string): void {
  if (condition) throw new TokenRejected(reason);
}
