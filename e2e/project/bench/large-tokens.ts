import { generateKeyPairSync, randomBytes, randomUUID, sign, verify } from 'node:crypto';
import type { AccessTokenClaims } from '@obo/access-token/testing';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The length in characters of an access token for a user with some groups. */
const usualLength = 1_900;

/** Creates header and payload of a token of the usual length. */
function unsigned(header: object, claims: object): string {
  const start = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.`;
  const bare = start.length + encode(claims).length;
  const missing = Math.max(0, Math.floor(((usualLength - 343 - bare) * 3) / 4) - 14);
  return start + encode({ ...claims, groups: randomBytes(missing).toString('base64').slice(0, missing) });
}

/** Creates an access token whose signature is never verified. */
export const largeToken = (claims: object): string =>
  `${unsigned({}, claims)}.${randomBytes(256).toString('base64url')}`;

/** An issuer of access tokens with a verifiable signature. */
export interface BenchIssuer {
  jwk: Record<string, unknown>;
  sign(claims: object): string;
  /** Verifies only the signature of a token, which every validator has to do. */
  verify(token: string): boolean;
}

/** Creates an issuer whose keys have the size that Entra ID uses. */
export function createBenchIssuer(): BenchIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    sign(claims) {
      const content = unsigned({ kid }, claims);
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    verify(token) {
      const end = token.lastIndexOf('.');
      const signature = Buffer.from(token.slice(end + 1), 'base64url');
      return verify('sha256', Buffer.from(token.slice(0, end)), publicKey, signature);
    },
  };
}

const middleTierApi = '5c1f8b72-6d3e-4a09-b4f7-2e8d90c3a615';
const spa = '5e9f3b7a-1c42-4d8e-b6a0-8f2d1e4c7b90';

/** The IDs in the tokens of the bench. */
export const parties = {
  tenantId: 'c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35',
  authority: 'https://login.example/c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35',
  issuer: 'https://login.example/c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35/v2.0',
  middleTierApi,
  spa,
};

/** Returns the issuer's metadata, with its endpoints at an origin. */
export const metadataAt = (origin: string) => ({
  issuer: parties.issuer,
  jwks_uri: `${origin}/keys`,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
});

/** Returns the claims of the SPA's token for one of many users. */
export function assertionClaims(index: number): AccessTokenClaims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: parties.issuer,
    aud: middleTierApi,
    iat: now,
    nbf: now,
    exp: now + 3600,
    tid: parties.tenantId,
    oid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    sub: randomUUID(),
    scp: 'access_as_user',
    ver: '2.0',
    azp: spa,
  };
}
