import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Characters of an access token of somebody who is in some groups. */
const usualLength = 1_900;

/** Header and payload of a token of the usual length. */
function unsigned(header: object, claims: object): string {
  const start = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.`;
  const bare = start.length + encode(claims).length;
  const missing = Math.max(0, Math.floor(((usualLength - 343 - bare) * 3) / 4) - 14);
  return start + encode({ ...claims, groups: randomBytes(missing).toString('base64').slice(0, missing) });
}

/** An access token that nobody verifies. */
export const largeToken = (claims: object): string =>
  `${unsigned({}, claims)}.${randomBytes(256).toString('base64url')}`;

/** An issuer of access tokens, as far as verifying goes. */
export interface BenchIssuer {
  publicKey: KeyObject;
  jwk: Record<string, unknown>;
  sign(claims: object): string;
}

/** Makes a key pair of the size that Entra ID signs with. */
export function createBenchIssuer(): BenchIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    sign(claims) {
      const content = unsigned({ kid }, claims);
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
  };
}
