import type { AccessToken } from '@obo/access-token';
import {
  type CacheReport,
  describeError,
  reportCache,
  type SpanFacts,
} from '@obo/service-defaults/observability';
import { createUserCache } from '@obo/service-defaults/user-cache';
import type { Logger } from 'pino';
import type { Caller } from './authorization-code.ts';
import type { Exchange, ExchangedToken } from './exchange.ts';

/** A token for a resource, and where it came from: this instance, another instance, or a new exchange. */
export interface AcquiredToken {
  accessToken: string;
  source: 'cache' | 'shared_cache' | 'identity_provider';
  /** For `Server-Timing`: `age`, in seconds since the exchange, if this instance made it; `renewal` while it is renewed. */
  facts: SpanFacts;
}

/** A user whose tokens are cached, and the generation of these tokens if it is known. */
export interface CachedUser {
  readonly userKey: string;
  readonly generation: string | undefined;
}

/** The tokens that this instance has exchanged, by the assertion and the scopes that they were exchanged with. */
export interface TokenCache {
  /**
   * Finds a token that can still be used.
   *
   * @param rejected A token that its resource has rejected. It is removed and not returned.
   */
  find(token: AccessToken, scopes: readonly string[], rejected?: string): AcquiredToken | undefined;
  /**
   * Exchanges the caller's token and caches the result. Calls at the same time share one exchange; a failure reaches all
   * of them and is not cached.
   *
   * @param rejected As for {@link find}.
   * @throws {Problem} see `exchangeProblems`.
   */
  exchange(token: AccessToken, scopes: readonly string[], rejected?: string): Promise<AcquiredToken>;
  /** Caches a token that was acquired in another way, for calls with this assertion. */
  keep(caller: Caller, scopes: readonly string[], fresh: ExchangedToken): void;
  /**
   * Removes all tokens of a user, whatever assertion they were exchanged with.
   *
   * @param exceptGeneration The generation whose tokens stay.
   */
  forget(userKey: string, exceptGeneration?: string): void;
  users(): Iterable<CachedUser>;
  /** The number of assertions that tokens are cached for. */
  size(): number;
}

export interface TokenCacheOptions {
  /** Bytes for all tokens together. */
  bytes: number;
  logger: Logger;
  report?: CacheReport<'memory'>;
}

/** Times are in milliseconds since the epoch. */
interface CachedToken {
  accessToken: string;
  /** When it was exchanged; `undefined` if another instance did. */
  exchangedAt: number | undefined;
  /** Until when the token is handed out. */
  expiresAt: number;
  /** From when the token is renewed while it is still handed out. */
  refreshAt: number;
}

/** The tokens of an assertion, by scopes. */
interface CachedTokens extends CachedUser {
  readonly tokens: Map<string, CachedToken>;
}

interface InFlightExchange {
  readonly userKey: string;
  /** The only generation whose token may be cached, if others were forgotten during the exchange. */
  onlyGeneration?: string;
  result: Promise<ExchangedToken>;
}

/** Milliseconds before its expiry from which a token is no longer handed out. */
const expiryMargin = 60_000;
/** The last part of a token's lifetime, in which it is renewed if the issuer does not say when to. */
const renewalPart = 0.1;
/** Milliseconds between two attempts to renew a token. */
const renewAgainAfter = 30_000;

/**
 * Creates an empty cache. Tokens are kept by assertion, so a caller never gets a token that was exchanged with another
 * assertion, and signing in on a second device does not replace the tokens of the first.
 *
 * A token is handed out until its assertion expires, or until a minute before its own expiry. From `refresh_in` on, or in
 * the last tenth of its lifetime, it is renewed meanwhile. A full cache removes the least recently used assertion's tokens.
 */
export function createTokenCache(
  source: Pick<Exchange, 'exchange'>,
  { bytes, logger, report = reportCache(undefined, 'token_cache') }: TokenCacheOptions,
): TokenCache {
  const cache = createUserCache<CachedTokens>(bytes, (_tokens, reason) => report.evicted('memory', reason));
  report.watch('memory', () => ({ entries: cache.size(), bytes: cache.bytes() }));
  const inFlight = new Map<string, InFlightExchange>();

  function find(token: AccessToken, scopes: readonly string[], rejected?: string): AcquiredToken | undefined {
    const key = keyOf(scopes);
    const tokens = cache.get(token.assertionKey)?.tokens;
    const cached = tokens?.get(key);
    const now = Date.now();
    if (!cached || cached.accessToken === rejected || cached.expiresAt <= now) {
      tokens?.delete(key);
      report.miss('memory');
      return undefined;
    }
    const isRenewing = cached.refreshAt <= now;
    if (isRenewing) renewAhead(token, scopes, cached, now);
    report.hit('memory');
    const { accessToken, exchangedAt } = cached;
    const age = exchangedAt && Math.round((now - exchangedAt) / 1000);
    return { accessToken, source: 'cache', facts: { age, ...(isRenewing && { renewal: 'background' }) } };
  }

  function renewAhead(token: AccessToken, scopes: readonly string[], cached: CachedToken, now: number): void {
    cached.refreshAt = now + renewAgainAfter;
    if (inFlight.has(token.assertionKey + keyOf(scopes))) return;
    start(token, scopes, cached.accessToken).result.catch((error: unknown) => {
      logger.warn({ error: describeError(error) }, 'token could not be renewed before its expiry');
    });
  }

  async function exchange(
    token: AccessToken,
    scopes: readonly string[],
    rejected?: string,
  ): Promise<AcquiredToken> {
    const joined = inFlight.get(token.assertionKey + keyOf(scopes));
    if (joined) report.coalesced();
    const { accessToken, source } = await (joined ?? start(token, scopes, rejected)).result;
    // An exchange that another call started may have found the rejected token in the shared cache.
    if (joined && accessToken === rejected)
      return find(token, scopes, rejected) ?? exchange(token, scopes, rejected);
    return { accessToken, source, facts: source === 'identity_provider' ? { age: 0 } : {} };
  }

  function start(token: AccessToken, scopes: readonly string[], rejected?: string): InFlightExchange {
    const key = token.assertionKey + keyOf(scopes);
    // `forget` removes the exchange from the map, so that its token is not cached.
    const isCurrent = (): boolean => inFlight.get(key) === started;
    const run = async (): Promise<ExchangedToken> => {
      try {
        const fresh = await source.exchange(token, scopes, rejected);
        const { onlyGeneration = fresh.generation } = started;
        if (isCurrent() && onlyGeneration === fresh.generation) keep(token, scopes, fresh);
        return fresh;
      } finally {
        if (isCurrent()) inFlight.delete(key);
      }
    };
    const started: InFlightExchange = { userKey: token.userKey, result: run() };
    inFlight.set(key, started);
    return started;
  }

  function keep({ assertionKey, userKey, claims }: Caller, scopes: readonly string[], fresh: ExchangedToken) {
    const now = Date.now();
    const known = cache.get(assertionKey);
    const generation = fresh.generation ?? known?.generation;
    const tokens = new Map(generation === known?.generation ? known?.tokens : []);
    tokens.set(keyOf(scopes), cachedToken(fresh, claims.exp * 1000, now));
    const all = [...tokens.values()];
    const size = all.reduce((sum, { accessToken }) => sum + accessToken.length, 0);
    const expiresAt = Math.max(...all.map((cached) => cached.expiresAt));
    cache.set(assertionKey, { userKey, generation, tokens }, size, expiresAt - now);
  }

  function forget(userKey: string, exceptGeneration?: string): void {
    cache.forget(userKey, ({ generation }) => generation !== undefined && generation === exceptGeneration);
    for (const [key, started] of inFlight) {
      if (started.userKey !== userKey) continue;
      if (exceptGeneration === undefined) inFlight.delete(key);
      else started.onlyGeneration = exceptGeneration;
    }
  }

  return { find, exchange, keep, forget, users: cache.values, size: cache.size };
}

/** Keys of sets of scopes. A resource passes the same array each time, and sorting it would add a quarter to a cache hit. */
const keys = new WeakMap<readonly string[], string>();

function keyOf(scopes: readonly string[]): string {
  const key = keys.get(scopes) ?? [...scopes].sort().join(' ');
  keys.set(scopes, key);
  return key;
}

/** Limits how long a token is handed out, and decides when it is renewed. */
function cachedToken(
  { accessToken, expiresAt: tokenExpiresAt, refreshAt, source }: ExchangedToken,
  assertionExpiresAt: number,
  now: number,
): CachedToken {
  const expiresAt = Math.min(tokenExpiresAt - expiryMargin, assertionExpiresAt);
  // No caller needs another token once the assertion has expired.
  const lastPart = expiresAt < assertionExpiresAt ? expiresAt - (expiresAt - now) * renewalPart : expiresAt;
  const exchangedAt = source === 'identity_provider' ? now : undefined;
  return { accessToken, exchangedAt, expiresAt, refreshAt: refreshAt ?? lastPart };
}
