import { LRUCache } from 'lru-cache';
import type { EvictionReason } from './observability/cache-metrics.ts';

/** Keeps what was got for people, for a while: bounded by bytes, found by key, forgotten by person. */
export interface PersonalCache<Value> {
  get(key: string): Value | undefined;
  /**
   * @param key Must be of one person only.
   * @param bytes About how many the value takes.
   * @param milliseconds How long it may be kept; with less than 1 it is not.
   */
  set(key: string, value: Value, bytes: number, milliseconds: number): void;
  delete(key: string): void;
  /**
   * Forgets what there is of a person. Costs nothing for other people's entries.
   *
   * @param unless Which values stay; none if omitted.
   */
  forget(person: string, unless?: (value: Value) => boolean): void;
  clear(): void;
  values(): Iterable<Value>;
  /** How many entries there are. */
  size(): number;
  /** About how many bytes they take. */
  bytes(): number;
}

const evictionReasons = {
  evict: 'full',
  expire: 'expired',
  delete: 'forgotten',
  fetch: 'forgotten',
} as const;

/** Bytes that an entry takes beside its value: key, list, timer, index. */
const overhead = 1_000;

/**
 * Makes a cache that drops the entries used longest ago when its bytes are used up, and each entry when its time is
 * over, whether it is asked for again or not.
 *
 * @param bytes How many all entries together may take.
 * @param onLeave Is given each value that leaves, and why it does.
 */
export function createPersonalCache<Value extends { readonly person: string }>(
  bytes: number,
  onLeave: (value: Value, reason: EvictionReason) => void = () => {},
): PersonalCache<Value> {
  const keysOf = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Value>({
    maxSize: bytes,
    ttl: 1,
    ttlResolution: 0,
    ttlAutopurge: true,
    // Tokens expire by the clock on the wall.
    perf: Date,
    onInsert({ person }, key) {
      keysOf.set(person, (keysOf.get(person) ?? new Set()).add(key));
    },
    dispose(value, key, reason) {
      if (reason === 'set') return;
      const keys = keysOf.get(value.person);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(value.person);
      onLeave(value, evictionReasons[reason]);
    },
  });
  return {
    get: (key) => entries.get(key),
    set(key, value, size, milliseconds) {
      // The half: lru-cache does not come back to an entry whose time is over to the very millisecond.
      if (milliseconds < 1) entries.delete(key);
      else entries.set(key, value, { size: size + overhead, ttl: Math.floor(milliseconds) - 0.5 });
    },
    delete: (key) => void entries.delete(key),
    forget(person, unless = () => false) {
      for (const key of keysOf.get(person) ?? []) {
        const value = entries.peek(key);
        if (!value || !unless(value)) entries.delete(key);
      }
    },
    clear: () => entries.clear(),
    values: () => entries.values(),
    size: () => entries.size,
    bytes: () => entries.calculatedSize,
  };
}
