import type { Meter } from '@opentelemetry/api';

/**
 * Why a cache removed an entry: it expired, the cache was full, it must not be used any more, or its content was invalid.
 */
export type EvictionReason = 'expired' | 'full' | 'forgotten' | 'rejected';

/** The current size of a level; bytes only if it counts them. */
export interface CacheSize {
  entries: number;
  bytes?: number;
}

/** The metrics of a cache. A level is a place where it looks, such as `memory` or `shared`. */
export interface CacheReport<Level extends string> {
  hit(level: Level): void;
  miss(level: Level): void;
  evicted(level: Level, reason: EvictionReason): void;
  /** A caller waits for a result that another caller requested. */
  coalesced(): void;
  /** @param size Called whenever metrics are read. */
  watch(level: Level, size: () => CacheSize): void;
}

/**
 * Creates the metrics of one cache. Without a meter nothing is measured.
 *
 * @param cache The name of the cache in metrics, such as `token_cache`.
 */
export function reportCache<Level extends string>(
  meter: Meter | undefined,
  cache: string,
): CacheReport<Level> {
  const requests = meter?.createCounter('obo_cache_requests_total', { description: 'Look-ups, by result' });
  const evictions = meter?.createCounter('obo_cache_evictions_total', { description: 'Removed entries' });
  const coalesced = meter?.createCounter('obo_cache_coalesced_total', {
    description: 'Callers that waited for the result of another caller',
  });
  const entries = meter?.createObservableGauge('obo_cache_entries', { description: 'Entries in the cache' });
  const bytes = meter?.createObservableGauge('obo_cache_bytes', { description: 'Bytes in the cache' });
  return {
    hit: (level) => requests?.add(1, { cache, level, result: 'hit' }),
    miss: (level) => requests?.add(1, { cache, level, result: 'miss' }),
    evicted: (level, reason) => evictions?.add(1, { cache, level, reason }),
    coalesced: () => coalesced?.add(1, { cache }),
    watch(level, size) {
      entries?.addCallback((result) => result.observe(size().entries, { cache, level }));
      bytes?.addCallback((result) => {
        const held = size().bytes;
        if (held !== undefined) result.observe(held, { cache, level });
      });
    },
  };
}
