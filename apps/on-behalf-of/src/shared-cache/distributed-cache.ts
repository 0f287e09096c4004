import type { ICachePlugin } from '@azure/msal-node';
import type { AccessToken } from '@obo/access-token';
import { CallFailed, type DependencyState } from '@obo/service-defaults/calls';
import { type CacheReport, describeError, reportCache } from '@obo/service-defaults/observability';
import {
  type DistributedToken,
  expiryOf,
  parseDistributedToken,
  takeAccessToken,
} from './distributed-token.ts';
import { createEras, type ErasOptions } from './eras.ts';
import type { CacheKey, KeyRing } from './key-ring.ts';
import { connectRedis, type RedisOptions } from './redis.ts';

export interface DistributedCacheOptions extends RedisOptions, Pick<ErasOptions, 'kept'> {
  keys: KeyRing;
  onForgotten: ErasOptions['onEnded'];
  report?: CacheReport<'redis'>;
}

/** Tokens that instances of the middle tier share. */
export interface DistributedCache {
  /** The place of one token. Nothing is asked before MSAL asks. */
  entryOf(token: AccessToken, scopes: readonly string[]): DistributedEntry;
  /** Makes everything of a person worthless, for all instances. */
  forget(person: string): void;
  state(): DependencyState;
  close(): void;
}

/** The part that the shared cache has in one exchange. */
export interface DistributedEntry {
  /** Lets MSAL find the token that another instance got. Never fails, and waits no longer than Redis may take. */
  plugin: ICachePlugin;
  /** The person's era in which the exchange began, if that is known. */
  era(): string | undefined;
  /** Lets others find the token that MSAL got, once it is known to be the right person's. Nobody waits for that. */
  keep(accessToken: string): void;
}

/** Milliseconds before its expiry from which a token is no longer shared. */
const expiryMargin = 60_000;

/**
 * The second level of the token cache, in Redis: an entry for each assertion and resource, encrypted, and gone with its
 * token. Each key of the ring has places of its own; what was put there with an older key is found until it expires.
 *
 * Whatever Redis answers, or somebody in its place, the worst outcome is a miss.
 */
export function createDistributedCache({
  keys,
  onForgotten,
  kept,
  logger,
  report = reportCache(undefined, 'downstream_tokens'),
  ...redisOptions
}: DistributedCacheOptions): DistributedCache {
  const [first] = keys;
  const redis = connectRedis({ ...redisOptions, logger });
  const eras = createEras({ redis, keys, onEnded: onForgotten, kept, logger });

  function warn(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    if (error.reason !== 'circuit_open')
      logger.warn({ error: describeError(error) }, 'shared token cache not used');
  }

  async function lookUp(token: AccessToken, scopes: readonly string[]) {
    const { person } = token;
    if (!(await eras.isSettled(person))) return {};
    try {
      const [era, ...places] = await redis.run((client) => {
        const asked = keys.map(async (key): Promise<Place> => {
          const name = nameOf(key, token, scopes);
          const [itsEra, sealed] = await Promise.all([eras.get(client, key, person), client.get(name)]);
          return { key, name, era: itsEra, sealed };
        });
        return Promise.all([eras.begin(client, person), ...asked]);
      });
      const shared = places.map((place) => read(place, person)).find((found) => found !== undefined);
      if (shared) report.hit('redis');
      else report.miss('redis');
      return { era, cache: shared && JSON.stringify(shared.cache) };
    } catch (error) {
      warn(error);
      return {};
    }
  }

  function read({ key, name, era, sealed }: Place, person: string): DistributedToken | undefined {
    if (!sealed) return undefined;
    const text = key.open(sealed, name);
    const shared = text === undefined ? undefined : parseDistributedToken(text);
    if (shared?.person === person) return shared.era === era ? shared : undefined;
    const reason =
      text === undefined ? 'not sealed for its place' : shared ? 'of somebody else' : 'malformed';
    logger.warn({ reason, key: key.id }, 'shared token refused');
    report.evicted('redis', 'rejected');
    redis.run((client) => client.del(name)).catch(warn);
    return undefined;
  }

  function write(
    token: AccessToken,
    scopes: readonly string[],
    { person, era, cache }: DistributedToken,
  ): void {
    const until = Math.min(expiryOf(cache) - expiryMargin, token.claims.exp * 1000);
    const life = Math.floor(until - Date.now());
    if (life < 1) return;
    const name = nameOf(first, token, scopes);
    const sealed = first.seal(JSON.stringify({ person, era, cache }), name);
    redis.run((client) => client.set(name, sealed, { expiration: { type: 'PX', value: life } })).catch(warn);
  }

  return {
    entryOf(token, scopes) {
      let found: ReturnType<typeof lookUp> | undefined;
      let era: string | undefined;
      let serialized = '';
      return {
        plugin: {
          async beforeCacheAccess({ tokenCache }) {
            if (found) return;
            found = lookUp(token, scopes);
            const { cache, ...current } = await found;
            era = current.era;
            if (cache !== undefined) tokenCache.deserialize(cache);
          },
          async afterCacheAccess({ cacheHasChanged, tokenCache }) {
            if (cacheHasChanged) serialized = tokenCache.serialize();
          },
        },
        era: () => era,
        keep(accessToken) {
          const cache = takeAccessToken(serialized, accessToken);
          if (cache && era !== undefined) write(token, scopes, { person: token.person, era, cache });
        },
      };
    },
    forget: eras.end,
    state: redis.state,
    close() {
      eras.close();
      redis.close();
    },
  };
}

/** Where a key keeps a token. */
interface Place {
  key: CacheKey;
  name: string;
  /** The person's era, as it stands beside. */
  era: string | undefined;
  sealed: Buffer | null;
}

const nameOf = (key: CacheKey, { person, digest }: AccessToken, scopes: readonly string[]): string =>
  key.nameOf('token', person, digest, ...[...scopes].sort());
