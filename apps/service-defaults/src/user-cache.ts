import { LRUCache } from 'lru-cache';
import type { EvictionReason } from './observability/cache-metrics.ts';

/** Caches what was acquired for users: bounded by bytes, found by key, removed by user. */
export interface UserCache<Value> {
  get(key: string): Value | undefined;
  /**
   * Adds or replaces an entry.
   *
   * @param key Must belong to one user only.
   * @param bytes The approximate size of the value.
   * @param milliseconds How long it may be cached; less than 1 removes it.
   */
  set(key: string, value: Value, bytes: number, milliseconds: number): void;
  /**
   * Removes the entries of a user, without a search through those of others.
   *
   * @param except Selects values that stay; none if omitted.
   */
  forget(userKey: string, except?: (value: Value) => boolean): void;
  values(): Iterable<Value>;
  /** Counts the entries. */
  size(): number;
  /** Sums up their approximate bytes. */
  bytes(): number;
}

const evictionReasons = {
  evict: 'full',
  expire: 'expired',
  delete: 'forgotten',
  fetch: 'forgotten',
} as const;

/** Bytes that an entry takes in addition to its value: key, list, timer, index. */
const overhead = 1_000;

/**
 * Creates a cache that removes the least recently used entries when it is full, and each entry when it expires, whether
 * or not it is requested again.
 *
 * @param bytes How many all entries together may take.
 * @param onEvicted Receives each removed value, and the reason.
 */
export function createUserCache<Value extends { readonly userKey: string }>(
  bytes: number,
  onEvicted: (value: Value, reason: EvictionReason) => void = () => {},
): UserCache<Value> {
  const keysOf = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Value>({
    maxSize: bytes,
    ttl: 1,
    ttlResolution: 0,
    ttlAutopurge: true,
    // Tokens expire by the wall clock.
    perf: Date,
    onInsert({ userKey }, key) {
      keysOf.set(userKey, (keysOf.get(userKey) ?? new Set()).add(key));
    },
    dispose(value, key, reason) {
      if (reason === 'set') return;
      const keys = keysOf.get(value.userKey);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(value.userKey);
      onEvicted(value, evictionReasons[reason]);
    },
  });
  return {
    get: (key) => entries.get(key),
    set(key, value, size, milliseconds) {
      // lru-cache keeps an entry that expires in exactly this millisecond, so subtract half of one.
      if (milliseconds < 1) entries.delete(key);
      else entries.set(key, value, { size: size + overhead, ttl: Math.floor(milliseconds) - 0.5 });
    },
    forget(userKey, except = () => false) {
      for (const key of keysOf.get(userKey) ?? []) {
        const value = entries.peek(key);
        if (!value || !except(value)) entries.delete(key);
      }
    },
    values: () => entries.values(),
    size: () => entries.size,
    bytes: () => entries.calculatedSize,
  };
}
