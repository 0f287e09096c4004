import { randomBytes } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { tenant } from '../../directory/directory.ts';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import type { User } from '../../directory/users.ts';
import { type EntraServices, issuerV1, issuerV2, numericDate } from '../entra-services.ts';
import type { Client } from '../scopes/client.ts';
import type { Resource } from '../scopes/requested-scopes.ts';
import type { Authentication } from './authentication.ts';
import { identityProvider, signInName } from './user-claims.ts';

/** How the client authenticated (`azpacr`, `appidacr`): not at all, with a secret, with a signed assertion. */
export type ClientProof = '0' | '1' | '2';

export interface DelegatedToken {
  client: Client;
  clientProof: ClientProof;
  resource: Resource;
  scopes: readonly string[];
  user: User;
  authentication: Authentication;
  /** Authentication contexts that the client requested and the user satisfied. */
  requestedContexts: readonly string[];
  /** Whether the client declared that it handles claims challenges. */
  handlesClaimsChallenges: boolean;
}

/**
 * Signs an access token for a user ("Access token claims reference", "Optional claims reference"). The resource's
 * `requestedAccessTokenVersion` decides the version. Authentication contexts that were not requested are in it only if the
 * resource asks for the optional claim `acrs` ("Developer guide to Conditional Access authentication context").
 */
export function signDelegatedToken(entra: EntraServices, token: DelegatedToken): Promise<string> {
  const { client, resource, user, authentication } = token;
  const { application } = resource;
  const version = tokenVersion(resource);
  const optional = optionalClaims(resource);
  const satisfied = [...new Set([...authentication.contexts, ...token.requestedContexts])];
  const contexts = optional.has('acrs') ? satisfied : token.requestedContexts;
  const claims: JWTPayload = {
    ...envelope(entra, client, token.clientProof, resource),
    aio: entra.secrets.seal('token-context', { ...authentication, contexts: satisfied }),
    ...(contexts.length > 0 && { acrs: contexts }),
    ...(optional.has('acct') && { acct: user.userType === 'Guest' ? 1 : 0 }),
    ...(optional.has('idtyp') && { idtyp: 'user' }),
    ...(optional.has('email') && { email: user.mail }),
    ...(optional.has('xms_cc') && token.handlesClaimsChallenges && { xms_cc: ['CP1'] }),
    idp: identityProvider(user),
    name: user.displayName,
    oid: user.id,
    roles: assignedRoles(entra, resource, user.id),
    scp: token.scopes.join(' '),
    sid: authentication.sessionId,
    sub: entra.secrets.pairwiseSubject(application.appId, user.id),
    ...(version === '2.0'
      ? { preferred_username: signInName(user) }
      : {
          acr: '1',
          amr: authentication.methods,
          family_name: user.surname,
          given_name: user.givenName,
          unique_name: signInName(user),
          upn: user.userPrincipalName,
        }),
    ...(application.appId === microsoftGraphAppId && {
      app_displayname: client.application.displayName,
      wids: [...user.directoryRoles],
    }),
  };
  return sign(entra, claims, version);
}

/** Signs an access token for the client itself: with `roles` instead of `scp`, and without a user. */
export function signApplicationToken(
  entra: EntraServices,
  client: Client,
  clientProof: ClientProof,
  resource: Resource,
): Promise<string> {
  const objectId = client.servicePrincipal.id;
  const claims: JWTPayload = {
    ...envelope(entra, client, clientProof, resource),
    aio: randomBytes(30).toString('base64url'),
    ...(optionalClaims(resource).has('idtyp') && { idtyp: 'app' }),
    oid: objectId,
    roles: assignedRoles(entra, resource, objectId),
    sub: objectId,
    ...(tokenVersion(resource) === '1.0' && {
      appidacr: clientProof,
      idp: issuerV1(entra.baseUrl, tenant.id),
    }),
  };
  return sign(entra, claims, tokenVersion(resource));
}

function envelope(entra: EntraServices, client: Client, proof: ClientProof, resource: Resource): JWTPayload {
  const now = numericDate(entra.now());
  const { appId } = client.application;
  const version = tokenVersion(resource);
  return {
    aud: version === '2.0' ? resource.application.appId : audienceV1(resource),
    iss: version === '2.0' ? issuerV2(entra.baseUrl, tenant.id) : issuerV1(entra.baseUrl, tenant.id),
    iat: now,
    nbf: now,
    exp: now + entra.lifetimes.accessToken,
    ...(version === '2.0' ? { azp: appId, azpacr: proof } : { appid: appId, appidacr: proof }),
    rh: `1.${randomBytes(33).toString('base64url')}.`,
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    ver: version,
  };
}

function sign(entra: EntraServices, claims: JWTPayload, version: '1.0' | '2.0'): Promise<string> {
  const { kid, privateKey } = entra.signingKeys.current();
  const header = { alg: 'RS256', typ: 'JWT', kid, ...(version === '1.0' && { x5t: kid }) };
  return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

const tokenVersion = ({ application }: Resource): '1.0' | '2.0' =>
  application.api.requestedAccessTokenVersion === 2 ? '2.0' : '1.0';

/** Returns the audience of a v1 token: the resource's name in the request. */
const audienceV1 = ({ application, identifier }: Resource): string =>
  identifier || (application.identifierUris[0] ?? application.appId);

function optionalClaims({ application }: Resource): ReadonlySet<string> {
  if (application.appId === microsoftGraphAppId) return new Set(['idtyp', 'xms_cc']);
  return new Set(application.optionalClaims?.accessToken.map(({ name }) => name));
}

function assignedRoles(
  { directory }: EntraServices,
  resource: Resource,
  principalId: string,
): string[] | undefined {
  const roles = directory.state.appRoleAssignments
    .filter((one) => one.principalId === principalId && one.resourceId === resource.servicePrincipal.id)
    .map(
      ({ appRoleId }) =>
        resource.application.appRoles.find(({ id, isEnabled }) => isEnabled && id === appRoleId)?.value,
    )
    .filter((value) => typeof value === 'string');
  return roles.length > 0 ? roles : undefined;
}
