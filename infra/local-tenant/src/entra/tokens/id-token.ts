import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { tenant } from '../../directory/directory.ts';
import type { User } from '../../directory/users.ts';
import { type EntraServices, issuerV2, numericDate } from '../entra-services.ts';
import type { Client } from '../scopes/client.ts';
import type { OpenIdScope } from '../scopes/requested-scopes.ts';
import type { Authentication } from './authentication.ts';
import { homeAccount, identityProvider, signInName } from './user-claims.ts';

export interface IdTokenRequest {
  client: Client;
  user: User;
  authentication: Authentication;
  openId: ReadonlySet<OpenIdScope>;
  nonce: string | undefined;
  /** Claims requested by name in the `claims` parameter. */
  claims: ReadonlySet<string>;
}

/** Signs an ID token ("ID token claims reference"). */
export function signIdToken(entra: EntraServices, request: IdTokenRequest): Promise<string> {
  const { client, user, authentication, openId } = request;
  const now = numericDate(entra.now());
  const { kid, privateKey } = entra.signingKeys.current();
  const optional = new Set([
    ...request.claims,
    ...(client.application.optionalClaims?.idToken.map(({ name }) => name) ?? []),
  ]);
  return new SignJWT({
    aud: client.application.appId,
    iss: issuerV2(entra.baseUrl, tenant.id),
    iat: now,
    nbf: now,
    exp: now + entra.lifetimes.accessToken,
    ...(optional.has('acct') && { acct: user.userType === 'Guest' ? 1 : 0 }),
    ...(optional.has('auth_time') && { auth_time: Math.floor(authentication.authenticatedAt / 1000) }),
    ...(openId.has('email') && { email: user.mail }),
    idp: identityProvider(user),
    ...(optional.has('login_hint') && { login_hint: entra.secrets.seal('login-hint', signInName(user)) }),
    ...(openId.has('profile') && { name: user.displayName, preferred_username: signInName(user) }),
    nonce: request.nonce,
    oid: user.id,
    rh: `1.${randomBytes(33).toString('base64url')}.`,
    sid: authentication.sessionId,
    ...(optional.has('signin_state') && { signin_state: [] }),
    sub: entra.secrets.pairwiseSubject(client.application.appId, user.id),
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .sign(privateKey);
}

/** Returns `client_info`: the user's account in the home tenant (MSAL's protocol). */
export const clientInfo = (user: User): string =>
  Buffer.from(JSON.stringify(homeAccount(user))).toString('base64url');
