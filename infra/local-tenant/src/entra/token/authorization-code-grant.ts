import { createHash } from 'node:crypto';
import type { AuthorizationCodeGrant } from '../authorize/authorization-codes.ts';
import { type AuthenticatedClient, requireProof } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { checkNotRevoked } from '../revocation.ts';
import { readOpenIdScopes, readScopes } from '../scopes/requested-scopes.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { checkCrossOrigin, signedInUser, unreadableGrant } from './grant-checks.ts';
import { delegatedTokenResponse } from './token-response.ts';

/**
 * Exchanges an authorization code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
 *
 * @param origin The request's `Origin` header: required from single-page applications, rejected from others.
 */
export async function authorizationCodeGrant(
  entra: EntraServices,
  caller: AuthenticatedClient,
  parameters: Parameters,
  origin: string | undefined,
): Promise<Record<string, unknown>> {
  const code = parameters.get('code');
  if (code === undefined) throw entraError(900144, ['code']);
  const redeemed = entra.codes.redeem(code, entra.now());
  if (redeemed === undefined) throw unreadableGrant(code);
  if (redeemed === 'redeemed') throw entraError(54005, []);
  checkBinding(entra, redeemed, caller, parameters);
  checkCrossOrigin(redeemed.platform, origin);
  if (redeemed.platform === 'web' && caller.client.application.isFallbackPublicClient !== true)
    requireProof(caller);
  if (redeemed.platform !== 'web' && caller.proof !== '0') throw entraError(700025, []);
  checkCodeVerifier(redeemed, parameters.get('code_verifier'));

  const { authentication } = redeemed;
  const user = signedInUser(entra, authentication.userId);
  checkNotRevoked(entra, authentication);

  const scope = parameters.get('scope') ?? redeemed.scope;
  const requested = readScopes(entra.directory, caller.client, scope);
  const authorized = readClaimsRequest(redeemed.claims);
  const claims =
    parameters.get('claims') === undefined ? authorized : readClaimsRequest(parameters.get('claims'));
  return delegatedTokenResponse(entra, parameters, {
    caller,
    user,
    authentication,
    requested,
    scope,
    claims: { ...claims, contexts: [...new Set([...authorized.contexts, ...claims.contexts])] },
    nonce: redeemed.nonce,
    refresh: readOpenIdScopes(redeemed.scope).has('offline_access')
      ? { platform: redeemed.platform }
      : undefined,
  });
}

function checkBinding(
  entra: EntraServices,
  grant: AuthorizationCodeGrant,
  { client }: AuthenticatedClient,
  parameters: Parameters,
): void {
  if (grant.clientId !== client.application.appId) throw entraError(700007, []);
  if (grant.expiresAt <= entra.now()) throw entraError(70008, []);
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === undefined) throw entraError(900144, ['redirect_uri']);
  if (redirectUri !== grant.redirectUri) throw entraError(500112, [redirectUri, grant.redirectUri]);
}

function checkCodeVerifier(
  { codeChallenge, codeChallengeMethod }: AuthorizationCodeGrant,
  verifier?: string,
): void {
  if (codeChallenge === undefined && verifier === undefined) return;
  if (verifier === undefined) throw entraError(501481, []);
  const derived =
    codeChallengeMethod === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (derived !== codeChallenge) throw entraError(501481, []);
}
