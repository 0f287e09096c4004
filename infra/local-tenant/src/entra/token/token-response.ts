import type { User } from '../../directory/users.ts';
import type { AuthenticatedClient } from '../client/client-authentication.ts';
import { accessError, decideAccess } from '../conditional-access.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { isAssigned } from '../scopes/app-roles.ts';
import type { Client } from '../scopes/client.ts';
import { scopesInEffect } from '../scopes/consent.ts';
import { checkResourceParameter, openIdScopes, type RequestedScopes } from '../scopes/requested-scopes.ts';
import { signDelegatedToken } from '../tokens/access-token.ts';
import type { Authentication } from '../tokens/authentication.ts';
import type { ClaimsRequest } from '../tokens/claims-request.ts';
import { clientInfo, signIdToken } from '../tokens/id-token.ts';
import { issueRefreshToken, type RefreshToken } from '../tokens/refresh-token.ts';
import { signInName } from '../tokens/user-claims.ts';

/** What a grant has established: the basis of the response. */
export interface DelegatedGrant {
  caller: AuthenticatedClient;
  user: User;
  authentication: Authentication;
  requested: RequestedScopes;
  scope: string;
  claims: ClaimsRequest;
  nonce?: string | undefined;
  /** The refresh token to issue, if any. */
  refresh: { platform: RefreshToken['platform']; previous?: RefreshToken } | undefined;
}

/**
 * Creates the token response for a user. Checks `resource`, consent, assignment and Conditional Access.
 *
 * @throws {EntraError} 9010010 for another `resource`, 65001 without consent, 50105 without assignment, 50076 and
 *   53003 for Conditional Access.
 */
export async function delegatedTokenResponse(
  entra: EntraServices,
  parameters: Parameters,
  grant: DelegatedGrant,
): Promise<Record<string, unknown>> {
  const { caller, user, authentication, requested, claims } = grant;
  const { client, proof } = caller;
  const { resource } = requested;
  const { appId, displayName } = client.application;
  checkResourceParameter([resource], parameters.get('resource'));

  const scopes = scopesInEffect(entra.directory, client, resource, user.id);
  const consented = requested.permissions.every(({ value }) => scopes.has(value));
  if (!consented || (requested.isDefault && scopes.size === 0)) throw entraError(65001, [appId, displayName]);

  const resourceAppId = resource.application.appId;
  checkAssigned(entra, client, user);
  checkAssigned(entra, resource, user);
  const rejection = accessError(
    decideAccess(entra.directory, user, resourceAppId, authentication, claims),
    resourceAppId,
  );
  if (rejection) throw rejection;

  const inToken = [...scopes].filter((scope) => scope !== 'offline_access');
  const accessToken = await signDelegatedToken(entra, {
    client,
    clientProof: proof,
    resource,
    scopes: inToken,
    user,
    authentication,
    requestedContexts: claims.contexts,
    handlesClaimsChallenges: claims.handlesClaimsChallenges,
  });
  entra.log({
    type: 'token',
    message: `${purposeOf(parameters)} ${user.displayName} · ${resource.application.displayName} · ${inToken.join(' ')} · ok`,
  });
  const { openId } = requested;
  const refreshToken =
    grant.refresh &&
    issueRefreshToken(
      entra,
      { clientId: appId, authentication, platform: grant.refresh.platform, scope: grant.scope },
      grant.refresh.previous,
    );
  return {
    token_type: 'Bearer',
    scope: echoedScope(requested, inToken),
    ...tokenLifetime(entra),
    access_token: accessToken,
    ...(refreshToken && { refresh_token: refreshToken.token }),
    ...(refreshToken &&
      grant.refresh?.platform === 'spa' && { refresh_token_expires_in: refreshToken.expiresIn }),
    ...(openId.has('openid') && {
      id_token: await signIdToken(entra, {
        client,
        user,
        authentication,
        openId,
        nonce: grant.nonce,
        claims: claims.idToken,
      }),
    }),
    ...(parameters.get('client_info') === '1' && { client_info: clientInfo(user) }),
  };
}

/** Says in the log what a grant is for. */
function purposeOf(parameters: Parameters): string {
  switch (parameters.get('grant_type')) {
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return 'on behalf of';
    case 'refresh_token':
      return 'refreshed for';
    case 'authorization_code':
      return 'after the sign-in of';
    default:
      return 'for the device of';
  }
}

/** Returns `expires_in`, and `refresh_in` if clients should renew the token earlier. */
export function tokenLifetime({ lifetimes }: EntraServices): Record<string, number> {
  const { accessToken: seconds, renewal } = lifetimes;
  const halfWay = seconds >= 7200 ? Math.floor(seconds / 2) : undefined;
  const refreshIn = renewal ?? halfWay;
  return {
    expires_in: seconds,
    ext_expires_in: seconds,
    ...(refreshIn !== undefined && { refresh_in: refreshIn }),
  };
}

/**
 * Checks that the user is assigned to the application, if it requires that.
 *
 * @throws {EntraError} 50105 if not.
 */
function checkAssigned({ directory }: EntraServices, application: Client, user: User): void {
  if (isAssigned(directory, application, user.id)) return;
  const { appId, displayName } = application.application;
  throw entraError(50105, [displayName, appId, signInName(user)], { error: 'invalid_grant' });
}

/** Returns the token's scopes, with the names of the request: MSAL finds cached tokens by these names. */
function echoedScope({ resource, asSent }: RequestedScopes, scopes: readonly string[]): string {
  const isOpenId = (scope: string) => openIdScopes.some((name) => name === scope);
  const prefix = resource.identifier === '' ? '' : `${resource.identifier}/`;
  const named = scopes.map((scope) => (isOpenId(scope) ? scope : `${prefix}${scope}`));
  const sent = asSent.filter((scope) => !isOpenId(scope));
  const others = named.filter((scope) => !sent.some((one) => one.toLowerCase() === scope.toLowerCase()));
  return [...sent, ...others].join(' ');
}
