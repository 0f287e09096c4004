import { type AuthenticatedClient, requireProof } from '../client/client-authentication.ts';
import { type EntraServices, numericDate } from '../entra-services.ts';
import { EntraError, entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { checkNotRevoked } from '../revocation.ts';
import { checkNotItselfByUri, readScopes } from '../scopes/requested-scopes.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { openRefreshToken, type RefreshToken } from '../tokens/refresh-token.ts';
import { checkCrossOrigin, signedInUser, unreadableGrant } from './grant-checks.ts';
import { delegatedTokenResponse } from './token-response.ts';

/**
 * Exchanges a refresh token (RFC 6749 §6, "Refresh tokens in the Microsoft identity platform") for a token for any
 * resource that the user consented to, and for a new refresh token. The old one stays valid.
 */
export async function refreshTokenGrant(
  entra: EntraServices,
  caller: AuthenticatedClient,
  parameters: Parameters,
  origin: string | undefined,
): Promise<Record<string, unknown>> {
  const sent = parameters.get('refresh_token');
  if (sent === undefined) throw entraError(900144, ['refresh_token']);
  const token = openRefreshToken(entra, sent);
  if (!token) throw unreadableGrant(sent);
  if (token.clientId !== caller.client.application.appId) throw entraError(700007, []);
  checkCrossOrigin(token.platform, origin);
  if (token.platform === 'web' && caller.client.application.isFallbackPublicClient !== true)
    requireProof(caller);
  checkNotExpired(entra, token);

  const user = signedInUser(entra, token.authentication.userId);
  checkNotRevoked(entra, token.authentication, new Date(token.issuedAt * 1000));

  const scope = parameters.get('scope') ?? token.scope;
  const requested = readScopes(entra.directory, caller.client, scope);
  if (parameters.get('scope') === undefined) checkNotItselfByUri(caller.client, requested);
  try {
    return await delegatedTokenResponse(entra, parameters, {
      caller,
      user,
      authentication: token.authentication,
      requested,
      scope,
      claims: readClaimsRequest(parameters.get('claims')),
      refresh: { platform: token.platform, previous: token },
    });
  } catch (error) {
    if (!(error instanceof EntraError && error.number === 50076)) throw error;
    // Entra uses another OAuth error for the same requirement at this grant.
    throw entraError(50076, [requested.resource.application.appId], {
      error: 'invalid_grant',
      ...(error.claims !== undefined && { claims: error.claims }),
    });
  }
}

function checkNotExpired({ directory, now }: EntraServices, token: RefreshToken): void {
  const wasExpired = token.generation < directory.state.refreshTokenGeneration;
  if (numericDate(now()) < token.expiresAt && !wasExpired) return;
  const issuedAt = new Date(token.issuedAt * 1000).toISOString();
  const lifetime = timeSpan(token.expiresAt - token.issuedAt);
  throw entraError(token.platform === 'spa' ? 700084 : 700082, [issuedAt, lifetime]);
}

/** Formats a duration as .NET does: `1.00:00:00` is a day. */
function timeSpan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `${days > 0 ? `${days}.` : ''}${clock}`;
}
