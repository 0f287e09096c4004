import { createTransport, type OutgoingProxy } from '@obo/service-defaults/calls';
import { createRemoteJWKSet, customFetch, errors } from 'jose';
import { z } from 'zod';
import { type Authority, isKeyFor } from './authority.ts';

/** The issuer's keys could not be fetched, so no token can be validated. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
  readonly outcome = 'identity_provider_unavailable';
}

/**
 * A public key for RS256 (RFC 7517, section 4), with the member that Entra adds: `issuer`, whose tokens the key signs.
 * `{tenantid}` in it stands for every tenant.
 */
const signingKeySchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string().min(1),
  e: z.string().min(1),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
  alg: z.literal('RS256').optional(),
  issuer: z.string().optional(),
});

/** A public key for RS256. A key stays the same object for as long as the issuer publishes it unchanged. */
export interface SigningKey {
  readonly kty: 'RSA';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
  /** Whose tokens the key signs, if the issuer says so. */
  readonly issuer?: string | undefined;
}

/** Finds the issuer's public keys. */
export interface SigningKeys {
  /**
   * Finds the key with an ID. Returns `undefined` if the issuer does not publish it for tokens of this tenant.
   *
   * @throws {IssuerUnavailable}
   */
  find(kid: string, tenantId: string): Promise<SigningKey | undefined>;
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
 * Source: RFC 8725, sections 3.8 and 3.10; "Signing key rollover in the Microsoft identity platform".
 *
 * @param authority Its `jwksUri` is from configuration. Nothing in a token can change it.
 * @param options.deadline Milliseconds for one request to the issuer; 2 s if omitted.
 */
export function createSigningKeys(
  authority: Authority,
  { deadline = 2_000, proxy }: { deadline?: number | undefined; proxy?: OutgoingProxy | undefined } = {},
): SigningKeys {
  const transport = createTransport({ proxy, connectDeadline: deadline });
  const remote = createRemoteJWKSet(new URL(authority.jwksUri), {
    timeoutDuration: deadline,
    cacheMaxAge: refreshAfter,
    // Node's own fetch follows other rules for proxies than the other calls.
    async [customFetch](url, { method, headers, signal }) {
      const request = { method, headers: Object.fromEntries(headers) };
      const { status, body } = await transport.send(new URL(url), request, signal);
      return new Response(new Uint8Array(body), { status });
    },
  });
  let published: readonly SigningKey[] = [];
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
    try {
      await reload();
    } catch (error) {
      lastFailed = Date.now();
      if (!usable()) throw error;
    }
  }

  function findPublished(kid: string, tenantId: string): SigningKey | undefined {
    for (const key of published) if (key.kid === kid && isKeyFor(key, authority, tenantId)) return key;
    return undefined;
  }

  return {
    async find(kid, tenantId) {
      if (!settled()) await refresh();
      const known = findPublished(kid, tenantId);
      if (known || Date.now() - lastRefetched < refetchAtMostEvery) return known;
      await reload();
      lastRefetched = Date.now();
      return findPublished(kid, tenantId);
    },
    isCurrent: (key) => settled() && published.includes(key),
    async ready() {
      if (!settled()) await refresh();
      return true;
    },
  };
}

/** Selects the keys for RS256 signatures. An unchanged key stays the same object. */
const signingKeysOf = (keys: readonly unknown[], before: readonly SigningKey[]): SigningKey[] =>
  keys.flatMap((jwk) => {
    const { data } = signingKeySchema.safeParse(jwk);
    if (!data) return [];
    const { kty, kid, n, e, issuer } = data;
    const known = before.find(
      (key) => key.kid === kid && key.n === n && key.e === e && key.issuer === issuer,
    );
    return [known ?? { kty, kid, n, e, issuer }];
  });
