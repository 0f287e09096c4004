import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import type { Authority } from './authority.ts';
import { clockTolerance } from './claims-policy.ts';

/** The reasons that {@link explainRejection} distinguishes. */
export type RejectionCode =
  | 'not_a_jwt'
  | 'for_graph'
  | 'id_token'
  | 'version_1'
  | 'other_audience'
  | 'other_tenant'
  | 'other_issuer'
  | 'expired'
  | 'from_the_future'
  | 'no_permission'
  | 'no_client'
  | 'unusual_header'
  /** Nothing is visible without verifying the token. */
  | 'unverified';

/** Why a token is rejected, in words for a developer, and which setting to change. */
export interface RejectionExplanation {
  code: RejectionCode;
  reason: string;
  remedy: string;
}

/** What an API expects of its tokens. */
export interface ExpectedToken {
  authority: Authority;
  clientId: string;
  appIdUri?: string | undefined;
  allowedClientIds: readonly string[];
}

/** Audiences of Microsoft Graph, in all its clouds ("Microsoft Graph national cloud deployments"). */
const graph =
  /^(00000003-0000-0000-c000-000000000000|https:\/\/((dod-)?graph\.microsoft\.(com|us)|microsoftgraph\.chinacloudapi\.cn)\/?)$/;

/**
 * Explains why a token was rejected. It does not verify the token, so the explanation is a hint and never a decision. It
 * quotes nothing from the token.
 *
 * @param now Seconds since the epoch.
 */
export function explainRejection(
  encoded: string,
  { authority, clientId, appIdUri = `api://${clientId}`, allowedClientIds }: ExpectedToken,
  now = Date.now() / 1000,
): RejectionExplanation {
  let header: ProtectedHeaderParameters;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(encoded);
    claims = decodeJwt(encoded);
  } catch {
    return {
      code: 'not_a_jwt',
      reason: 'This is not a JWT.',
      remedy:
        'Send the access token. Refresh tokens and authorization codes are opaque and are for the identity provider only.',
    };
  }
  const { aud, iss, tid, ver, exp = 0, nbf = 0, iat = 0, azp, appid } = claims;
  const defaultScope = `${appIdUri}/.default`;

  if (typeof aud === 'string' && graph.test(aud)) {
    return {
      code: 'for_graph',
      reason: 'This token is for Microsoft Graph.',
      remedy: `Ask for ${defaultScope} (or ${appIdUri}/access_as_user), not for User.Read, and send that token.`,
    };
  }
  if (claims.nonce !== undefined && claims.scp === undefined) {
    return {
      code: 'id_token',
      reason: 'This is an ID token.',
      remedy: 'Send the access token: the accessToken of the result, not its idToken.',
    };
  }
  if (ver === '1.0' && authority.issuerV1 === undefined) {
    return {
      code: 'version_1',
      reason: 'This is a v1.0 token, and this API accepts v2.0 tokens.',
      remedy: "Set requestedAccessTokenVersion to 2 in the manifest of the API's registration.",
    };
  }
  if (typeof aud !== 'string' || (aud !== clientId && aud !== appIdUri)) {
    return {
      code: 'other_audience',
      reason: allowedClientIds.includes(String(aud))
        ? 'This token is for the calling application.'
        : 'This token is for another API.',
      remedy: `Request ${defaultScope}. The audience must be this API's client ID.`,
    };
  }
  if (!(authority.allowedTenantIds ?? [authority.tenantId]).includes(String(tid))) {
    return {
      code: 'other_tenant',
      reason: 'This token is of another tenant.',
      remedy:
        'Sign in with the authority that ends with the tenant of TENANT_ID, or add the tenant to ALLOWED_TENANT_IDS.',
    };
  }
  if (typeof iss !== 'string' || !iss.includes(String(tid))) {
    return {
      code: 'other_issuer',
      reason: 'The issuer is not the one of its tenant.',
      remedy: 'Check AUTHORITY and AUTHORITY_METADATA.',
    };
  }
  if (exp <= now - clockTolerance) {
    return {
      code: 'expired',
      reason: `This token expired ${Math.round(now - exp)} seconds ago.`,
      remedy: 'Get a new one with acquireTokenSilent. If it is new, check the clock of this machine.',
    };
  }
  if (nbf >= now + clockTolerance || iat >= now + clockTolerance) {
    return {
      code: 'from_the_future',
      reason: 'This token is from the future.',
      remedy: 'Set the clock of this machine; it is behind that of the identity provider.',
    };
  }
  if (claims.scp === undefined && claims.roles === undefined) {
    return {
      code: 'no_permission',
      reason: 'This token has neither scp nor roles.',
      remedy: 'It is not an access token for this API, or no permission was consented to.',
    };
  }
  if (typeof azp !== 'string' && typeof appid !== 'string') {
    return {
      code: 'no_client',
      reason: 'The calling application is not named.',
      remedy: 'Send a token that Entra issued to an application.',
    };
  }
  if (header.alg !== 'RS256' || header.typ !== 'JWT') {
    return {
      code: 'unusual_header',
      reason: 'This is not how Entra signs access tokens.',
      remedy: 'Send the token as the identity provider gave it.',
    };
  }
  return {
    code: 'unverified',
    reason: 'The signature does not verify, or a claim is malformed.',
    remedy:
      "Send the token unchanged. If it is, compare AUTHORITY with the token's issuer: the keys are another tenant's or another cloud's.",
  };
}
