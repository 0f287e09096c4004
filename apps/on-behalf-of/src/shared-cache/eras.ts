import { randomBytes } from 'node:crypto';
import { describeError } from '@obo/service-defaults/observability';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { CacheKey, KeyRing } from './key-ring.ts';
import type { Redis, RedisCommands } from './redis.ts';

/**
 * Whose shared tokens count. Every person has an era: a random value that stands in Redis. A token counts only in the era
 * in which its exchange began. To forget a person is to end their era, and to tell the instances.
 *
 * Nothing in that depends on clocks, and an exchange that was under way meanwhile leaves nothing behind. If Redis loses an
 * era, its tokens are worthless.
 */
export interface Eras {
  /** The era of a person with a key, if there is one; asked in the round trip that is being made. */
  get(client: RedisCommands, key: CacheKey, person: string): Promise<string | undefined>;
  /** As {@link get} with the first key, for a person who gets an era if there is none. */
  begin(client: RedisCommands, person: string): Promise<string>;
  /** Ends a person's era, for all instances: now, or as soon as Redis can be told. */
  end(person: string): void;
  /** Whether there is no era that should have ended and did not. If there is, nothing of the person in Redis counts. */
  isSettled(person: string): Promise<boolean>;
  close(): void;
}

export interface ErasOptions {
  redis: Redis;
  keys: KeyRing;
  /** Told that a person's tokens may not be used any more, but for those of the era that has begun. */
  onEnded: (person: string, era: string) => void;
  /** Whose tokens this instance keeps, and of which era. */
  kept: () => Iterable<{ person: string; era: string | undefined }>;
  logger: Logger;
}

/** Milliseconds: nothing is kept longer, as no assertion lives longer (28 hours, with continuous access evaluation). */
const longestLife = 28 * 60 * 60_000;
const expiration = { type: 'PX', value: longestLife } as const;

const channel = 'obo:1:forgotten';
const messageSchema = z.object({ person: z.string(), era: z.string() });

/** How many people are told of, or asked about, in one round trip. */
const batch = 200;

/** Milliseconds. */
const catchUpAfter = 1_000;

export function createEras({ redis, keys, onEnded, kept, logger }: ErasOptions): Eras {
  const [first] = keys;
  /** The latest attempt to end the era of each person whose era could not be ended yet. */
  const unsaid = new LRUCache<string, Promise<boolean>>({ max: 100_000, ttl: longestLife });
  let catchingUp: NodeJS.Timeout | undefined;
  let closed = false;

  const nameOf = (key: CacheKey, person: string): string => key.nameOf('person', person);
  const newEra = (): string => randomBytes(16).toString('base64url');
  const get: Eras['get'] = async (client, key, person) => (await client.get(nameOf(key, person)))?.toString();

  function end(person: string): Promise<boolean> {
    const isFirst = !unsaid.has(person);
    const era = newEra();
    const message = first.seal(JSON.stringify({ person, era }), channel);
    const names = keys.map((key) => nameOf(key, person));
    const attempt = redis
      .run((client) =>
        Promise.all([
          client.del(names),
          // Redis may have no room for it. Without an era nothing counts either.
          ...names.map((name) => client.set(name, era, { expiration }).catch(() => {})),
          client.publish(channel, message),
        ]),
      )
      .then(() => unsaid.delete(person) || true)
      .catch((error: unknown) => {
        if (isFirst)
          logger.warn({ error: describeError(error) }, 'other instances could not be told to forget');
        catchUpLater();
        return false;
      });
    unsaid.set(person, attempt);
    return attempt;
  }

  function hear(message: Buffer): void {
    const text = keys.map((key) => key.open(message, channel)).find((opened) => opened !== undefined);
    const heard = text === undefined ? undefined : messageSchema.safeParse(JSON.parse(text)).data;
    if (heard) onEnded(heard.person, heard.era);
  }

  function catchUpLater(): void {
    if (!closed) catchingUp ??= setTimeout(catchUp, catchUpAfter).unref();
  }

  /** After a break: says what could not be said, and finds out what was not heard. */
  async function catchUp(): Promise<void> {
    clearTimeout(catchingUp);
    catchingUp = undefined;
    for (const people of batches([...unsaid.keys()]))
      if ((await Promise.all(people.map(end))).includes(false)) return;
    try {
      for (const people of batches([...kept()])) await compare(people);
    } catch {
      catchUpLater();
    }
  }

  /** Who has no era now was not forgotten: then there would be another. Redis has lost it. */
  async function compare(people: { person: string; era: string | undefined }[]): Promise<void> {
    const eras = await redis.run((client) =>
      Promise.all(people.map(({ person }) => get(client, first, person))),
    );
    people.forEach(({ person, era }, index) => {
      const current = eras[index];
      if (current !== undefined && current !== era) onEnded(person, current);
    });
  }

  redis.listen(channel, hear, catchUp);

  return {
    get,
    async begin(client, person) {
      const claim = client.set(nameOf(first, person), newEra(), { expiration, condition: 'NX' });
      const [claimed, era] = await Promise.allSettled([claim, get(client, first, person)]);
      if (era.status === 'rejected') throw era.reason;
      if (era.value !== undefined) return era.value;
      throw claimed.status === 'rejected' ? claimed.reason : new Error('There is no era');
    },
    end: (person) => void end(person),
    isSettled: async (person) => ((await unsaid.get(person)) ?? true) || end(person),
    close() {
      closed = true;
      clearTimeout(catchingUp);
    },
  };
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / batch);
  return Array.from({ length: count }, (_, index) => items.slice(index * batch, (index + 1) * batch));
}
