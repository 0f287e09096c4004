import { createHash, randomBytes } from 'node:crypto';
import type { DependencyState } from '@obo/service-defaults/calls';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';

/** Keeps values under secrets that browsers have. */
export interface Store<Value> {
  /**
   * @param group What the value is removed with, besides on its own.
   */
  add(secret: string, value: Value, group?: string): Promise<void>;
  find(secret: string): Promise<Value | undefined>;
  /** Replaces a value, unless it was removed meanwhile. */
  replace(secret: string, value: Value): Promise<void>;
  remove(secret: string): Promise<void>;
  removeGroup(group: string): Promise<void>;
}

export interface StoreOptions<Value> {
  kind: string;
  schema: z.ZodType<Value>;
  /** Milliseconds after which a value is removed that is not used. */
  idle: number;
  /** Milliseconds after which no value is used any more. */
  lifetime: number;
}

/** The place for what this server remembers of browsers. */
export interface Stores {
  open<Value extends object>(options: StoreOptions<Value>): Store<Value>;
  dependencies: Readonly<Record<string, () => DependencyState>>;
  close(): void;
}

/** Creates a value that cannot be guessed: 256 random bits. */
export const createSecret = (): string => randomBytes(32).toString('base64url');

/** Returns the key under which a secret is looked up. How long a lookup takes says nothing about the secret. */
export const keyOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/**
 * Creates stores in the memory of this process.
 *
 * @param limit Values of each kind at most; the one that was not used for longest is removed first.
 */
export const createMemoryStores = (limit: number): Stores => ({
  open<Value extends object>({ idle }: StoreOptions<Value>): Store<Value> {
    const entries = new LRUCache<string, { value: Value; group: string | undefined }>({
      max: limit,
      ttl: idle,
      updateAgeOnGet: true,
      perf: Date,
    });
    return {
      async add(secret, value, group) {
        entries.set(keyOf(secret), { value, group });
      },
      find: async (secret) => entries.get(keyOf(secret))?.value,
      async replace(secret, value) {
        const entry = entries.get(keyOf(secret));
        if (entry) entry.value = value;
      },
      async remove(secret) {
        entries.delete(keyOf(secret));
      },
      async removeGroup(group) {
        for (const [key, entry] of [...entries.entries()]) if (entry.group === group) entries.delete(key);
      },
    };
  },
  dependencies: {},
  close() {},
});
