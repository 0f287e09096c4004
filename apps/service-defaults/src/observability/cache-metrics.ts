import type { Meter } from '@opentelemetry/api';

/**
 * Why a cache let an entry go: its time was over, there was no room, it was not to be used any more, or it was not what it
 * should be.
 */
export type EvictionReason = 'expired' | 'full' | 'forgotten' | 'rejected';

/** What a level holds now; bytes only if it counts them. */
export interface CacheSize {
  entries: number;
  bytes?: number;
}

/** How a cache tells what it does. A level is where it looks, such as `memory` or `redis`. */
export interface CacheReport<Level extends string> {
  hit(level: Level): void;
  miss(level: Level): void;
  evicted(level: Level, reason: EvictionReason): void;
  /** A caller waits for what another caller asked for already. */
  coalesced(): void;
  /** @param size Asked whenever metrics are read. */
  watch(level: Level, size: () => CacheSize): void;
}

/**
 * Makes the report of one cache. While nobody reads metrics it takes everything and keeps nothing.
 *
 * @param cache What metrics call it, such as `downstream_tokens`.
 */
export function reportCache<Level extends string>(
  meter: Meter | undefined,
  cache: string,
): CacheReport<Level> {
  const requests = meter?.createCounter('obo_cache_requests_total', { description: 'Look-ups, by result' });
  const evictions = meter?.createCounter('obo_cache_evictions_total', { description: 'Entries let go' });
  const coalesced = meter?.createCounter('obo_cache_coalesced_total', {
    description: 'Callers that waited for what another one asked for',
  });
  const entries = meter?.createObservableGauge('obo_cache_entries', { description: 'Entries held' });
  const bytes = meter?.createObservableGauge('obo_cache_bytes', { description: 'Bytes held' });
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
