import { createRemoteJWKSet, errors, type JWK } from 'jose';

/** The issuer's keys could not be had, so no statement about a token is possible. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** Finds the issuer's public keys. */
export interface SigningKeys {
  /**
   * @returns the RSA signature key with that id, or `undefined` if the issuer does not publish it.
   * @throws {IssuerUnavailable}
   */
  find(kid: string): Promise<JWK | undefined>;
  /** Whether keys are known; asks for them if not. */
  ready(): Promise<boolean>;
}

const requestDeadline = 2_000;
const refetchAtMostEvery = 30_000;
const refreshAfter = 10 * 60_000;
const keepWhileIssuerIsDown = 24 * 60 * 60_000;

/**
 * Keeps the keys of an issuer: fetched when first needed, refreshed after ten minutes, fetched again at once for an
 * unknown `kid` (key rollover) but not more often than every 30 seconds, and kept for a day while the issuer is down.
 *
 * Source: RFC 8725, section 3.10; "Signing key rollover in the Microsoft identity platform".
 *
 * @param jwksUri The issuer's `jwks_uri`, from configuration. Nothing in a token can change it.
 */
export function createSigningKeys(jwksUri: string): SigningKeys {
  const remote = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: requestDeadline,
    cacheMaxAge: refreshAfter,
  });
  let lastFetched = Number.NEGATIVE_INFINITY;
  let lastFailed = Number.NEGATIVE_INFINITY;
  let lastRefetched = Number.NEGATIVE_INFINITY;

  async function reload(): Promise<void> {
    try {
      await remote.reload();
      lastFetched = Date.now();
    } catch (error) {
      const reason = error instanceof errors.JOSEError ? error.code : 'ERR_FETCH';
      throw new IssuerUnavailable(`The keys of the issuer could not be fetched (${reason})`);
    }
  }

  async function refresh(): Promise<void> {
    if (remote.fresh) return;
    const usable = Date.now() - lastFetched < keepWhileIssuerIsDown;
    if (usable && Date.now() - lastFailed < refetchAtMostEvery) return;
    try {
      await reload();
    } catch (error) {
      lastFailed = Date.now();
      if (!usable) throw error;
    }
  }

  const published = (kid: string): JWK | undefined =>
    remote.jwks()?.keys.find((key) => key.kid === kid && key.kty === 'RSA' && (key.use ?? 'sig') === 'sig');

  return {
    async find(kid) {
      await refresh();
      const known = published(kid);
      if (known || Date.now() - lastRefetched < refetchAtMostEvery) return known;
      await reload();
      lastRefetched = Date.now();
      return published(kid);
    },
    async ready() {
      await refresh();
      return true;
    },
  };
}
