import { connectRedis, type KeyRing, type RedisCommands, type RingKey } from '@obo/on-behalf-of';
import { CallFailed } from '@obo/service-defaults/calls';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import type { Logger } from 'pino';
import type { Store, StoreOptions, Stores } from './stores.ts';

export const redisProblems = defineProblems({
  sessions_unavailable: [503, 'Sessions are unavailable'],
});

export interface RedisStoresOptions {
  url: string;
  /** Encrypt what is stored in Redis. */
  keys: KeyRing;
  /** Values of each kind at most; the one that was not used for longest is removed first. */
  limit: number;
  logger: Logger;
}

/** Milliseconds for all commands that are sent together. */
const deadline = 1_000;

/**
 * Creates stores that instances share: a Redis server with an encrypted entry for each value. An entry keeps the key that it
 * was added with. Values that someone tampered with count as missing, and are removed.
 *
 * Their methods throw a {@link Problem} `sessions_unavailable` if Redis does not answer in time.
 */
export function createRedisStores({ url, keys, limit, logger }: RedisStoresOptions): Stores {
  const [first] = keys;
  const redis = connectRedis({ url, deadline, logger });

  const run = <Result>(commands: (client: RedisCommands) => Promise<Result>): Promise<Result> =>
    redis.run(commands).catch((error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      throw new Problem(redisProblems.sessions_unavailable, {
        detail: 'Try again in a moment.',
        headers: { 'Retry-After': `${error.retryAfter ?? 1}` },
        cause: error,
      });
    });

  function open<Value extends object>({ kind, schema, idle, lifetime }: StoreOptions<Value>): Store<Value> {
    const expiration = { type: 'PX', value: Math.ceil(idle) } as const;
    const nameOf = (key: RingKey, secret: string): string => key.nameOf(kind, secret);
    const groupOf = (key: RingKey, group: string): string => key.nameOf(`${kind}-group`, group);
    /** A sorted set with the names of all entries of a key, and when each was last used. */
    const usesOf = (key: RingKey): string => key.nameOf(`${kind}-uses`);

    const noteUse = (client: RedisCommands, key: RingKey, name: string, isNew = false) =>
      Promise.all([
        client.zAdd(usesOf(key), { score: Date.now(), value: name }, isNew ? {} : { condition: 'XX' }),
        client.pExpire(usesOf(key), expiration.value),
      ]);

    const removeNames = (client: RedisCommands, key: RingKey, names: readonly (string | Buffer)[]) =>
      names.length > 0 && Promise.all([client.del([...names]), client.zRem(usesOf(key), [...names])]);

    /** Removes the entries that are too many. */
    async function makeRoom(client: RedisCommands): Promise<void> {
      const uses = usesOf(first);
      const [, count] = await Promise.all([
        client.zRemRangeByScore(uses, 0, Date.now() - expiration.value),
        client.zCard(uses),
      ]);
      if (count > limit) await removeNames(client, first, await client.zRange(uses, 0, count - limit - 1));
    }

    function read(key: RingKey, name: string, sealed: Buffer): Value | undefined {
      const text = key.open(sealed, name);
      const { data } = schema.safeParse(text === undefined ? undefined : JSON.parse(text));
      if (data === undefined) logger.warn({ kind, key: key.id }, 'entry in Redis rejected');
      return data;
    }

    return {
      async add(secret, value, group) {
        const name = nameOf(first, secret);
        const sealed = first.seal(JSON.stringify(value), name);
        await run(async (client) => {
          await Promise.all([
            client.set(name, sealed, { expiration }),
            noteUse(client, first, name, true),
            group !== undefined && client.sAdd(groupOf(first, group), name),
            group !== undefined && client.pExpire(groupOf(first, group), Math.ceil(lifetime)),
          ]);
          await makeRoom(client);
        });
      },
      async find(secret) {
        const entries = await run((client) =>
          Promise.all(
            keys.map(async (key) => {
              const name = nameOf(key, secret);
              const [sealed] = await Promise.all([
                client.get(name),
                client.pExpire(name, expiration.value),
                noteUse(client, key, name),
              ]);
              return { key, name, sealed };
            }),
          ),
        );
        for (const { key, name, sealed } of entries) {
          if (!sealed) continue;
          const value = read(key, name, sealed);
          if (value !== undefined) return value;
          await run((client) => client.del(name));
        }
        return undefined;
      },
      async replace(secret, value) {
        const text = JSON.stringify(value);
        await run((client) =>
          Promise.all(
            keys.map((key) => {
              const name = nameOf(key, secret);
              return client.set(name, key.seal(text, name), { expiration, condition: 'XX' });
            }),
          ),
        );
      },
      async remove(secret) {
        await run((client) =>
          Promise.all(keys.map((key) => removeNames(client, key, [nameOf(key, secret)]))),
        );
      },
      async removeGroup(group) {
        await run((client) =>
          Promise.all(
            keys.map(async (key) => {
              const names = await client.sMembers(groupOf(key, group));
              await Promise.all([removeNames(client, key, names), client.del(groupOf(key, group))]);
            }),
          ),
        );
      },
    };
  }

  return { open, dependencies: { sessions: redis.state }, close: redis.close };
}
