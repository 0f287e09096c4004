import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPersonalCache } from '../src/user-cache.ts';

const minute = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a cache of what belongs to people', () => {
  test('never takes more bytes than it may, and drops what was used longest ago', () => {
    const cache = createPersonalCache<{ person: string }>(100_000);
    cache.set('first', { person: 'ada' }, 9_000, minute);
    for (let index = 0; index < 1_000; index += 1) {
      cache.set(`entry ${index}`, { person: `person ${index}` }, 9_000, minute);
      expect(cache.get('first')).toEqual({ person: 'ada' });
      expect(cache.size()).toBeLessThanOrEqual(10);
    }
    expect(cache.size()).toBe(10);
    expect(cache.get('entry 0')).toBeUndefined();
    expect(cache.get('entry 999')).toBeDefined();
  });

  test('keeps nothing that is larger than all of it', () => {
    const cache = createPersonalCache<{ person: string }>(10_000);
    cache.set('key', { person: 'ada' }, 10_000, minute);
    expect(cache.size()).toBe(0);
  });

  test('drops each entry when its time is over, though nobody asks for it', () => {
    const cache = createPersonalCache<{ person: string }>(100_000);
    for (let index = 1; index <= 50; index += 1)
      cache.set(`entry ${index}`, { person: 'ada' }, 0, index * 1_000);
    vi.advanceTimersByTime(25_500);
    expect(cache.size()).toBe(25);
    vi.advanceTimersByTime(25_500);
    expect(cache.size()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([1, 10, 500])('drops it also if the clock was set back by %i ms', (difference) => {
    const cache = createPersonalCache<{ person: string }>(100_000);
    cache.set('key', { person: 'ada' }, 0, 1_000);
    vi.setSystemTime(Date.now() - difference);
    vi.advanceTimersByTime(1_000 + difference + 5);
    expect(cache.size()).toBe(0);
  });

  test('gives what it is given anew its new time', () => {
    const cache = createPersonalCache<{ person: string; version: number }>(100_000);
    cache.set('key', { person: 'ada', version: 1 }, 0, 1_000);
    cache.set('key', { person: 'ada', version: 2 }, 0, 3_000);
    vi.advanceTimersByTime(2_000);
    expect(cache.get('key')).toMatchObject({ version: 2 });
    vi.advanceTimersByTime(2_000);
    expect(cache.size()).toBe(0);
  });

  test.each([0, -1, 0.5])('does not keep what may be kept for %d ms, nor what was there before', (time) => {
    const cache = createPersonalCache<{ person: string }>(100_000);
    cache.set('key', { person: 'ada' }, 0, minute);
    cache.set('key', { person: 'ada' }, 0, time);
    expect(cache.size()).toBe(0);
  });

  test('forgets all of one person and nothing of another', () => {
    const cache = createPersonalCache<{ person: string }>(1_000_000);
    for (let index = 0; index < 100; index += 1)
      cache.set(`entry ${index}`, { person: index % 2 ? 'ada' : 'grace' }, 0, minute);
    cache.forget('ada');
    cache.forget('nobody');
    expect(cache.size()).toBe(50);
    expect([cache.get('entry 1'), cache.get('entry 2')]).toEqual([undefined, { person: 'grace' }]);
    cache.set('entry 1', { person: 'ada' }, 0, minute);
    cache.forget('ada');
    expect(cache.get('entry 1')).toBeUndefined();
    cache.clear();
    expect(cache.size()).toBe(0);
  });
});
