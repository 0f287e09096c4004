import { createPublicKey } from 'node:crypto';
import { BearerStrategy } from 'passport-azure-ad';
import type { SigningKey } from './signing-keys.ts';
import { TokenRejected, type VerifyOptions, type VerifyToken } from './validator.ts';

/**
 * Verifies tokens with passport-azure-ad's BearerStrategy.
 *
 * The strategy is given a key instead of fetching one: its own fetching ends the process on an HTML answer, never
 * ends on a silent one, and misses a new key for half an hour. It is given one header instead of the request, as
 * it would take tokens from bodies too. Scope, tenant and calling application are left to the claims policy: its
 * own scope check answers 401 where RFC 6750 wants 403, and throws on a `scp` that is no string.
 *
 * @param clientId The API's own application (client) ID.
 */
export function verifyWithPassport(clientId: string, options: VerifyOptions): VerifyToken {
  const strategy = new BearerStrategy(
    {
      // Never fetched, but the constructor insists on an https URL.
      identityMetadata:
        'https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration',
      clientID: clientId,
      audience: options.audiences,
      issuer: options.issuers,
      clockSkew: options.clockTolerance,
      loggingLevel: 'error',
      loggingNoPII: true,
    },
    (claims, done) => done(null, claims),
  );

  const pems = new WeakMap<SigningKey, string>();

  return (token, key) =>
    new Promise((resolve, reject) => {
      const attempt: BearerStrategy = Object.create(strategy);
      const pem = pems.get(key) ?? toPem(key);
      pems.set(key, pem);
      Object.assign(attempt, {
        loadMetadata(_parameters: unknown, next: (error: null, metadata: object) => void) {
          next(null, {
            oidc: { algorithms: ['RS256'], issuer: options.issuers },
            generateOidcPEM: () => pem,
          });
        },
        success: (claims: unknown) => resolve(claims),
        fail: () => reject(new TokenRejected('passport-azure-ad refused it')),
        error: (error: unknown) => reject(error),
      });
      Reflect.apply(attempt.authenticate, attempt, [{ headers: { authorization: `Bearer ${token}` } }]);
    });
}

const toPem = (key: SigningKey): string =>
  createPublicKey({ key: { ...key }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
