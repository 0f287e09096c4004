import { CallFailed } from '@obo/service-defaults/calls';
import { type CacheReport, describeError } from '@obo/service-defaults/observability';
import { z } from 'zod';
import type { Caller } from '../authorization-code.ts';
import type { Exchange, ExchangedToken } from '../exchange.ts';
import type { KeyRing, RingKey } from '../key-ring.ts';
import { createGenerations, type GenerationsOptions } from './generations.ts';
import { connectRedis, type RedisOptions } from './redis.ts';

export interface SharedCacheOptions extends RedisOptions, Pick<GenerationsOptions, 'onRevoked' | 'users'> {
  /** Encrypt what is stored in Redis. */
  keys: KeyRing;
  report: CacheReport<'shared'>;
}

/** The content of an entry. The assertion, refresh tokens and ID tokens are never part of it. */
const entrySchema = z.strictObject({
  userKey: z.string(),
  /** See `generations.ts`. */
  generation: z.string(),
  accessToken: z.string().min(1),
  /** Milliseconds since the epoch, as in {@link ExchangedToken}. */
  expiresAt: z.number(),
  refreshAt: z.number().optional(),
});
type Entry = z.infer<typeof entrySchema>;

/** Milliseconds before its expiry from which a token is no longer shared. */
const expiryMargin = 60_000;

/**
 * Puts a cache that instances share in front of the exchange: a Redis server with an encrypted entry for each assertion
 * and set of scopes. Each key of the ring has entries of its own; those of older keys are found until they expire.
 *
 * Failures of Redis and entries that someone tampered with count as cache misses.
 *
 * @returns an exchange that looks for the token of another instance first.
 */
export function shareTokens(exchange: Exchange, options: SharedCacheOptions): Exchange {
  const { keys, logger, report } = options;
  const [first] = keys;
  const redis = connectRedis(options);
  const generations = createGenerations({ ...options, redis });

  function warn(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    if (error.reason !== 'circuit_open')
      logger.warn({ error: describeError(error) }, 'shared cache not used');
  }

  /** Looks with all keys in one round trip, and begins the user's generation if there is none. */
  async function lookUp(token: Caller, scopes: readonly string[]) {
    const { userKey } = token;
    if (!(await generations.isSettled(userKey))) return {};
    try {
      const [generation, ...places] = await redis.run((client) => {
        const lookedUp = keys.map(async (key): Promise<Place> => {
          const name = nameOf(key, token, scopes);
          const [current, sealed] = await Promise.all([
            generations.get(client, key, userKey),
            client.get(name),
          ]);
          return { key, name, generation: current, sealed };
        });
        return Promise.all([generations.begin(client, userKey), ...lookedUp]);
      });
      const entry = places.map((place) => open(place, userKey)).find((found) => found !== undefined);
      if (entry) report.hit('shared');
      else report.miss('shared');
      return { generation, entry };
    } catch (error) {
      warn(error);
      return {};
    }
  }

  function open({ key, name, generation, sealed }: Place, userKey: string): Entry | undefined {
    if (!sealed) return undefined;
    const text = key.open(sealed, name);
    const entry = text === undefined ? undefined : parseEntry(text);
    if (entry?.userKey === userKey) {
      const isUsable = entry.generation === generation && entry.expiresAt - expiryMargin > Date.now();
      return isUsable ? entry : undefined;
    }
    const reason = text === undefined ? 'not sealed for its place' : entry ? 'of another user' : 'malformed';
    logger.warn({ reason, key: key.id }, 'shared token rejected');
    report.evicted('shared', 'rejected');
    redis.run((client) => client.del(name)).catch(warn);
    return undefined;
  }

  async function store(token: Caller, scopes: readonly string[], fresh: ExchangedToken): Promise<void> {
    const { accessToken, expiresAt, refreshAt, generation } = fresh;
    const lifetime = Math.floor(Math.min(expiresAt - expiryMargin, token.claims.exp * 1000) - Date.now());
    if (lifetime < 1 || generation === undefined) return;
    const name = nameOf(first, token, scopes);
    const entry: Entry = { userKey: token.userKey, generation, accessToken, expiresAt, refreshAt };
    const sealed = first.seal(JSON.stringify(entry), name);
    await redis
      .run((client) => client.set(name, sealed, { expiration: { type: 'PX', value: lifetime } }))
      .catch(warn);
  }

  return {
    ...exchange,
    async exchange(token, scopes, rejected) {
      const { generation, entry } = await lookUp(token, scopes);
      if (entry && entry.accessToken !== rejected) return sharedToken(entry);
      const fresh = { ...(await exchange.exchange(token, scopes)), generation };
      // No caller waits for Redis to store it.
      void store(token, scopes, fresh);
      return fresh;
    },
    async share(token, scopes, acquired) {
      const { generation } = await lookUp(token, scopes);
      const fresh = { ...acquired, generation };
      await store(token, scopes, fresh);
      return fresh;
    },
    revoke: generations.revoke,
    dependencies: { ...exchange.dependencies, shared_cache: redis.state },
    async close() {
      generations.close();
      redis.close();
      await exchange.close();
    },
  };
}

/** Where the entry for a token is stored with one key. */
interface Place {
  key: RingKey;
  name: string;
  /** The user's generation with this key. */
  generation: string | undefined;
  sealed: Buffer | null;
}

const nameOf = (key: RingKey, { userKey, digest }: Caller, scopes: readonly string[]): string =>
  key.nameOf('token', userKey, digest, ...[...scopes].sort());

function parseEntry(text: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const sharedToken = ({ accessToken, expiresAt, refreshAt, generation }: Entry): ExchangedToken => ({
  accessToken,
  expiresAt,
  refreshAt,
  source: 'shared_cache',
  generation,
});
