import { randomBytes } from 'node:crypto';
import { describeError } from '@obo/service-defaults/observability';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { KeyRing, RingKey } from '../key-ring.ts';
import type { Redis, RedisCommands } from './redis.ts';

/**
 * Decides which shared tokens still count. Each user has a generation: a random value in Redis. A token counts only in
 * the generation in which its exchange began. To revoke a user's tokens, an instance replaces the generation and tells
 * the other instances.
 *
 * None of this depends on clocks, and an exchange that was in flight meanwhile stores nothing usable. If Redis
 * loses a generation, its tokens no longer count.
 */
export interface Generations {
  /** Reads a user's generation with a key, as part of the caller's round trip. */
  get(client: RedisCommands, key: RingKey, userKey: string): Promise<string | undefined>;
  /** Reads a user's generation with the first key, and starts one if there is none. */
  begin(client: RedisCommands, userKey: string): Promise<string>;
  /** Replaces a user's generation, for all instances: now, or as soon as Redis can be reached. */
  revoke(userKey: string): void;
  /** Resolves to false while a revocation has not reached Redis: until then nothing in Redis counts for the user. */
  isSettled(userKey: string): Promise<boolean>;
  close(): void;
}

export interface GenerationsOptions {
  redis: Redis;
  keys: KeyRing;
  /** Called when another instance has revoked a user's tokens; those of the new generation stay valid. */
  onRevoked: (userKey: string, newGeneration: string) => void;
  /** The users whose tokens this instance has cached, with the generation of these tokens. */
  users: () => Iterable<User>;
  logger: Logger;
}

interface User {
  userKey: string;
  generation: string | undefined;
}

/** Milliseconds: the longest lifetime of an assertion (28 hours, with continuous access evaluation). */
const longestLifetime = 28 * 60 * 60_000;
const expiration = { type: 'PX', value: longestLifetime } as const;

const channel = 'obo:2:revoked';
const messageSchema = z.object({ userKey: z.string(), generation: z.string() });

/** The number of users in one round trip. */
const batchSize = 200;

/** Milliseconds before another attempt to send what Redis has missed. */
const catchUpAfter = 1_000;

/** Connects an instance to the generations that all instances share. */
export function createGenerations({
  redis,
  keys,
  onRevoked,
  users,
  logger,
}: GenerationsOptions): Generations {
  const [first] = keys;
  /** Users whose revocation has not reached Redis, with the latest attempt to send it. */
  const pending = new LRUCache<string, Promise<boolean>>({ max: 100_000, ttl: longestLifetime });
  let catchingUp: NodeJS.Timeout | undefined;
  let closed = false;

  function revoke(userKey: string): Promise<boolean> {
    const isFirst = !pending.has(userKey);
    const attempt = redis
      .run((client) => replaceGeneration(client, keys, userKey))
      .then(() => pending.delete(userKey) || true)
      .catch((error: unknown) => {
        if (isFirst) logger.warn({ error: describeError(error) }, 'revocation not sent to other instances');
        catchUpLater();
        return false;
      });
    pending.set(userKey, attempt);
    return attempt;
  }

  function receive(sealed: Buffer): void {
    const text = keys.map((key) => key.open(sealed, channel)).find((opened) => opened !== undefined);
    const message = text === undefined ? undefined : messageSchema.safeParse(JSON.parse(text)).data;
    if (message) onRevoked(message.userKey, message.generation);
  }

  function catchUpLater(): void {
    if (!closed) catchingUp ??= setTimeout(catchUp, catchUpAfter).unref();
  }

  /** After a lost connection: sends the pending revocations, and finds out which ones this instance has missed. */
  async function catchUp(): Promise<void> {
    clearTimeout(catchingUp);
    catchingUp = undefined;
    for (const userKeys of batches([...pending.keys()]))
      if ((await Promise.all(userKeys.map(revoke))).includes(false)) return;
    try {
      for (const batch of batches([...users()])) await compare(batch);
    } catch {
      catchUpLater();
    }
  }

  /** A user without a generation was not revoked, as a revocation starts a new one: Redis has lost it. */
  async function compare(batch: readonly User[]): Promise<void> {
    const generations = await redis.run((client) =>
      Promise.all(batch.map(({ userKey }) => get(client, first, userKey))),
    );
    batch.forEach(({ userKey, generation }, index) => {
      const current = generations[index];
      if (current !== undefined && current !== generation) onRevoked(userKey, current);
    });
  }

  redis.listen(channel, receive, catchUp);

  return {
    get,
    begin: (client, userKey) => begin(client, first, userKey),
    revoke: (userKey) => void revoke(userKey),
    isSettled: async (userKey) => ((await pending.get(userKey)) ?? true) || revoke(userKey),
    close() {
      closed = true;
      clearTimeout(catchingUp);
    },
  };
}

const nameOf = (key: RingKey, userKey: string): string => key.nameOf('generation', userKey);
const newGeneration = (): string => randomBytes(16).toString('base64url');

async function get(client: RedisCommands, key: RingKey, userKey: string): Promise<string | undefined> {
  return (await client.get(nameOf(key, userKey)))?.toString();
}

async function begin(client: RedisCommands, key: RingKey, userKey: string): Promise<string> {
  const claim = client.set(nameOf(key, userKey), newGeneration(), { expiration, condition: 'NX' });
  const [claimed, generation] = await Promise.allSettled([claim, get(client, key, userKey)]);
  if (generation.status === 'rejected') throw generation.reason;
  if (generation.value !== undefined) return generation.value;
  throw claimed.status === 'rejected' ? claimed.reason : new Error('Redis did not keep the generation');
}

/** Replaces a user's generation with every key, and announces the new one. */
async function replaceGeneration(client: RedisCommands, keys: KeyRing, userKey: string): Promise<void> {
  const generation = newGeneration();
  const names = keys.map((key) => nameOf(key, userKey));
  await Promise.all([
    client.del(names),
    // A full Redis stores nothing. Without a generation, no token counts either.
    ...names.map((name) => client.set(name, generation, { expiration }).catch(() => {})),
    client.publish(channel, keys[0].seal(JSON.stringify({ userKey, generation }), channel)),
  ]);
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / batchSize);
  return Array.from({ length: count }, (_, index) => items.slice(index * batchSize, (index + 1) * batchSize));
}
