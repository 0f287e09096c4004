import { createRemoteJWKSet, errors, type JWK } from 'jose';

/** The issuer's keys could not be fetched, so no token can be validated. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
  readonly outcome = 'identity_provider_unavailable';
}

/** A public key for RS256. A key stays the same object for as long as the issuer publishes it. */
export interface SigningKey {
  readonly kty: 'RSA';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** Finds the issuer's public keys. */
export interface SigningKeys {
  /**
   * Finds the key with an ID. Returns `undefined` if the issuer does not publish it.
   *
   * @throws {IssuerUnavailable}
   */
  find(kid: string): Promise<SigningKey | undefined>;
  /** Checks whether a key may be used now, without a request to the issuer. */
  isCurrent(key: SigningKey): boolean;
  /** Fetches the keys if they are not known. */
  ready(): Promise<boolean>;
}

const refetchAtMostEvery = 30_000;
const refreshAfter = 10 * 60_000;
const keepWhileIssuerIsDown = 24 * 60 * 60_000;

/**
 * Caches the keys of an issuer: they are fetched when first needed, refreshed after ten minutes, fetched again at once for
 * an unknown `kid` (key rollover) but not more often than every 30 seconds, and kept for a day while the issuer is down.
 *
 * Source: RFC 8725, section 3.10; "Signing key rollover in the Microsoft identity platform".
 *
 * @param jwksUri The issuer's `jwks_uri`, from configuration. Nothing in a token can change it.
 * @param deadline Milliseconds for one request to the issuer.
 */
export function createSigningKeys(jwksUri: string, deadline = 2_000): SigningKeys {
  const remote = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: deadline,
    cacheMaxAge: refreshAfter,
  });
  let published: ReadonlyMap<string, SigningKey> = new Map();
  let lastFetched = Number.NEGATIVE_INFINITY;
  let lastFailed = Number.NEGATIVE_INFINITY;
  let lastRefetched = Number.NEGATIVE_INFINITY;

  async function reload(): Promise<void> {
    try {
      await remote.reload();
      published = signingKeysOf(remote.jwks()?.keys ?? [], published);
      lastFetched = Date.now();
    } catch (error) {
      const reason = error instanceof errors.JOSEError ? error.code : 'ERR_FETCH';
      throw new IssuerUnavailable(`The keys of the issuer could not be fetched (${reason})`);
    }
  }

  const usable = (): boolean => Date.now() - lastFetched < keepWhileIssuerIsDown;
  const settled = (): boolean => remote.fresh || (usable() && Date.now() - lastFailed < refetchAtMostEvery);

  async function refresh(): Promise<void> {
    if (settled()) return;
    try {
      await reload();
    } catch (error) {
      lastFailed = Date.now();
      if (!usable()) throw error;
    }
  }

  return {
    async find(kid) {
      await refresh();
      const known = published.get(kid);
      if (known || Date.now() - lastRefetched < refetchAtMostEvery) return known;
      await reload();
      lastRefetched = Date.now();
      return published.get(kid);
    },
    isCurrent: (key) => settled() && published.get(key.kid) === key,
    async ready() {
      await refresh();
      return true;
    },
  };
}

/** Indexes the RS256 keys by ID; of several with one ID the first counts. An unchanged key stays the same object. */
function signingKeysOf(
  keys: readonly JWK[],
  before: ReadonlyMap<string, SigningKey>,
): Map<string, SigningKey> {
  const byId = new Map<string, SigningKey>();
  for (const { kty, kid, n, e, use = 'sig', alg = 'RS256' } of keys) {
    if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256' || !kid || !n || !e || byId.has(kid)) continue;
    const known = before.get(kid);
    byId.set(kid, known?.n === n && known.e === e ? known : { kty: 'RSA', kid, n, e });
  }
  return byId;
}
