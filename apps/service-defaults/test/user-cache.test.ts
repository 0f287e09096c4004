import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createUserCache } from '../src/user-cache.ts';

const minute = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a cache for users', () => {
  test('never exceeds its bytes, and removes the least recently used entry', () => {
    const cache = createUserCache<{ userKey: string }>(100_000);
    cache.set('first', { userKey: 'ada' }, 9_000, minute);
    for (let index = 0; index < 1_000; index += 1) {
      cache.set(`entry ${index}`, { userKey: `user ${index}` }, 9_000, minute);
      expect(cache.get('first')).toEqual({ userKey: 'ada' });
      expect(cache.size()).toBeLessThanOrEqual(10);
    }
    expect(cache.size()).toBe(10);
    expect(cache.get('entry 0')).toBeUndefined();
    expect(cache.get('entry 999')).toBeDefined();
  });

  test('does not store an entry that is larger than the cache', () => {
    const cache = createUserCache<{ userKey: string }>(10_000);
    cache.set('key', { userKey: 'ada' }, 10_000, minute);
    expect(cache.size()).toBe(0);
  });

  test('removes each entry when it expires, without a request', () => {
    const cache = createUserCache<{ userKey: string }>(100_000);
    for (let index = 1; index <= 50; index += 1)
      cache.set(`entry ${index}`, { userKey: 'ada' }, 0, index * 1_000);
    vi.advanceTimersByTime(25_500);
    expect(cache.size()).toBe(25);
    vi.advanceTimersByTime(25_500);
    expect(cache.size()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([1, 10, 500])(
    'removes an expired entry even if the clock was set back by %i ms',
    (difference) => {
      const cache = createUserCache<{ userKey: string }>(100_000);
      cache.set('key', { userKey: 'ada' }, 0, 1_000);
      vi.setSystemTime(Date.now() - difference);
      vi.advanceTimersByTime(1_000 + difference + 5);
      expect(cache.size()).toBe(0);
    },
  );

  test('a replaced entry gets the new lifetime', () => {
    const cache = createUserCache<{ userKey: string; version: number }>(100_000);
    cache.set('key', { userKey: 'ada', version: 1 }, 0, 1_000);
    cache.set('key', { userKey: 'ada', version: 2 }, 0, 3_000);
    vi.advanceTimersByTime(2_000);
    expect(cache.get('key')).toMatchObject({ version: 2 });
    vi.advanceTimersByTime(2_000);
    expect(cache.size()).toBe(0);
  });

  test.each([0, -1, 0.5])('a lifetime of %d ms removes the entry', (time) => {
    const cache = createUserCache<{ userKey: string }>(100_000);
    cache.set('key', { userKey: 'ada' }, 0, minute);
    cache.set('key', { userKey: 'ada' }, 0, time);
    expect(cache.size()).toBe(0);
  });

  test('removes all entries of one user and none of another', () => {
    const cache = createUserCache<{ userKey: string }>(1_000_000);
    for (let index = 0; index < 100; index += 1)
      cache.set(`entry ${index}`, { userKey: index % 2 ? 'ada' : 'grace' }, 0, minute);
    cache.forget('ada');
    cache.forget('nobody');
    expect(cache.size()).toBe(50);
    expect([cache.get('entry 1'), cache.get('entry 2')]).toEqual([undefined, { userKey: 'grace' }]);
    cache.set('entry 1', { userKey: 'ada' }, 0, minute);
    cache.forget('ada');
    expect(cache.get('entry 1')).toBeUndefined();
    expect(cache.size()).toBe(50);
  });
});
