import { randomUUID } from 'node:crypto';
import { AccessToken, type AccessTokenClaims, contentOf, digestOf } from '../src/access-token.ts';

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Makes a token as the guard attaches it, for tests of code behind the guard. It has no signature.
 *
 * @param changes Claims. `uti` distinguishes the tokens of one user, and is a new one if omitted.
 */
export function makeAccessToken(changes: Partial<AccessTokenClaims> & { uti?: string } = {}): AccessToken {
  const { uti = randomUUID(), ...others } = changes;
  const now = Math.floor(Date.now() / 1000);
  const claims: AccessTokenClaims = {
    iss: 'https://issuer.example',
    aud: '7d8c1e52-4a3b-4f60-9e71-2b5c8d9f0a13',
    iat: now,
    nbf: now,
    exp: now + 3600,
    tid: 'c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35',
    oid: '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13',
    sub: 'subject',
    scp: 'access_as_user',
    ver: '2.0',
    azp: '5e9f3b7a-1c42-4d8e-b6a0-8f2d1e4c7b90',
    ...others,
  };
  const encoded = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ ...claims, uti })}.signature`;
  return new AccessToken(encoded, contentOf(claims, digestOf(encoded)));
}
