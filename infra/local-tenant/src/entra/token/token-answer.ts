import type { Person } from '../../directory/people.ts';
import type { AuthenticatedClient } from '../client/client-authentication.ts';
import { accessRefusal, decideAccess } from '../conditional-access.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { isAssigned } from '../scopes/app-roles.ts';
import type { Client } from '../scopes/client.ts';
import { scopesInEffect } from '../scopes/consent.ts';
import { openIdScopes, type RequestedScopes } from '../scopes/requested-scopes.ts';
import { signDelegatedToken } from '../tokens/access-token.ts';
import type { Authentication } from '../tokens/authentication.ts';
import { type ClaimsRequest, readClaimsRequest } from '../tokens/claims-request.ts';
import { clientInfo, signIdToken } from '../tokens/id-token.ts';
import { signInName } from '../tokens/person-claims.ts';
import { issueRefreshToken, type RefreshToken } from '../tokens/refresh-token.ts';

/** What a grant has established, from which the answer is made. */
export interface DelegatedGrant {
  caller: AuthenticatedClient;
  person: Person;
  authentication: Authentication;
  requested: RequestedScopes;
  scope: string;
  claims: ClaimsRequest;
  nonce?: string | undefined;
  /** Where refresh tokens go; `undefined`: none is issued. */
  refresh: { platform: RefreshToken['platform']; previous?: RefreshToken } | undefined;
}

/**
 * The token endpoint's answer for a person: consent and Conditional Access are checked, tokens signed.
 *
 * @throws {EntraError} 65001 without consent, 50105 without assignment, 50076 and 53003 by Conditional Access.
 */
export async function delegatedAnswer(
  entra: EntraServices,
  parameters: Parameters,
  grant: DelegatedGrant,
): Promise<Record<string, unknown>> {
  const { caller, person, authentication, requested, claims } = grant;
  const { client, proof } = caller;
  const { resource } = requested;
  const { appId, displayName } = client.application;

  const scopes = scopesInEffect(entra.directory, client, resource, person.id);
  const consented = requested.permissions.every(({ value }) => scopes.has(value));
  if (!consented || (requested.isDefault && scopes.size === 0)) throw entraError(65001, [appId, displayName]);

  const resourceAppId = resource.application.appId;
  checkAssigned(entra, client, person);
  checkAssigned(entra, resource, person);
  const refusal = accessRefusal(
    decideAccess(entra.directory, person, resourceAppId, authentication, claims),
    resourceAppId,
  );
  if (refusal) throw refusal;

  const inToken = [...scopes].filter((scope) => scope !== 'offline_access');
  const accessToken = await signDelegatedToken(entra, {
    client,
    clientProof: proof,
    resource,
    scopes: inToken,
    person,
    authentication,
    handlesClaimsChallenges: claims.handlesClaimsChallenges,
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
        person,
        authentication,
        openId,
        nonce: grant.nonce,
        claims: claims.idToken,
      }),
    }),
    ...(parameters.get('client_info') === '1' && { client_info: clientInfo(person) }),
  };
}

/** `refresh_in` tells clients to renew tokens ahead of their end: long-lived ones half-way, if nothing else is set. */
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

/** @throws {EntraError} 50105 */
function checkAssigned({ directory }: EntraServices, application: Client, person: Person): void {
  if (isAssigned(directory, application, person.id)) return;
  const { appId, displayName } = application.application;
  throw entraError(50105, [displayName, appId, signInName(person)], { error: 'invalid_grant' });
}

/** The person of a grant. Throws 50034 when they are gone, 50057 when their account is disabled. */
export function signedInPerson({ directory }: EntraServices, personId: string): Person {
  const person = directory.findPerson(personId);
  if (!person) throw entraError(50034, [personId, 'local']);
  if (!person.accountEnabled) throw entraError(50057, []);
  return person;
}

export const claimsOf = (parameters: Parameters): ClaimsRequest =>
  readClaimsRequest(parameters.get('claims'));

/** All scopes of the token, named as the client names them: MSAL finds cached tokens by these names. */
function echoedScope({ resource, asSent }: RequestedScopes, scopes: readonly string[]): string {
  const isOpenId = (scope: string) => openIdScopes.some((name) => name === scope);
  const prefix = resource.identifier === '' ? '' : `${resource.identifier}/`;
  const named = scopes.map((scope) => (isOpenId(scope) ? scope : `${prefix}${scope}`));
  const sent = asSent.filter((scope) => !isOpenId(scope));
  const others = named.filter((scope) => !sent.some((one) => one.toLowerCase() === scope.toLowerCase()));
  return [...sent, ...others].join(' ');
}
