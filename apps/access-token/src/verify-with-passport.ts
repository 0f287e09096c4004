import { createPublicKey } from 'node:crypto';
import { BearerStrategy } from 'passport-azure-ad';
import { TokenRejected } from './access-token.ts';
import type { SigningKey } from './signing-keys.ts';
import type { VerifyOptions, VerifyToken } from './verify-token.ts';

/**
 * Creates a verifier that uses the BearerStrategy of passport-azure-ad.
 *
 * The strategy receives a key instead of fetching one, because its own fetching ends the process on an HTML response,
 * hangs if there is no response, and misses a new key for half an hour. It receives one header instead of the request,
 * because it accepts tokens from bodies too. The claims policy checks scope, tenant and calling application, because the
 * strategy's own check returns 401 where RFC 6750 requires 403, and throws if `scp` is not a string.
 */
export function verifyWithPassport(options: VerifyOptions): VerifyToken {
  const strategy = new BearerStrategy(
    {
      // Never fetched, but the constructor requires an https URL.
      identityMetadata:
        'https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration',
      clientID: options.audiences[0],
      audience: options.audiences,
      issuer: options.issuers,
      clockSkew: options.clockTolerance,
      loggingLevel: 'error',
      loggingNoPII: true,
    },
    (claims, done) => done(null, claims),
  );

  const pems = new WeakMap<SigningKey, string>();

  return (token, key) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const pem = pems.get(key) ?? toPem(key);
    pems.set(key, pem);
    const attempt: BearerStrategy = Object.create(strategy);
    Object.assign(attempt, {
      loadMetadata(_parameters: unknown, next: (error: null, metadata: object) => void) {
        next(null, {
          oidc: { algorithms: ['RS256'], issuer: options.issuers },
          generateOidcPEM: () => pem,
        });
      },
      success: resolve,
      fail: () => reject(new TokenRejected('rejected by passport-azure-ad')),
      error: reject,
    });
    Reflect.apply(attempt.authenticate, attempt, [{ headers: { authorization: `Bearer ${token}` } }]);
    return promise;
  };
}

const toPem = (key: SigningKey): string =>
  createPublicKey({ key: { ...key }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
