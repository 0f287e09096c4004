import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessions, type Tokens } from '../src/session/sessions.ts';
import { createMemoryStores } from '../src/session/stores.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;
const open = () => createSessions(createMemoryStores(100), { idle: 10 * minute, lifetime: 60 * minute });

const tokensOf = (sid: string): Tokens => ({
  account: {
    homeAccountId: 'oid.tid',
    environment: 'login.example',
    tenantId: 'tid',
    username: 'priya',
    localAccountId: 'oid',
    idTokenClaims: { sid },
  },
  accessToken: 'token',
  expiresAt: 0,
  cache: '',
});

test('a session ends when it is not used', async () => {
  const sessions = open();
  const id = await sessions.begin(tokensOf('a'));
  for (let use = 0; use < 3; use += 1) {
    vi.advanceTimersByTime(9 * minute);
    expect(await sessions.find(id)).toBeDefined();
  }
  vi.advanceTimersByTime(11 * minute);
  expect(await sessions.find(id)).toBeUndefined();
});

test('a session ends after its lifetime, however much it is used', async () => {
  const sessions = open();
  const id = await sessions.begin(tokensOf('a'));
  for (let use = 0; use < 11; use += 1) {
    vi.advanceTimersByTime(5 * minute);
    expect(await sessions.find(id)).toBeDefined();
  }
  vi.advanceTimersByTime(5 * minute);
  expect(await sessions.find(id)).toBeUndefined();
});

test('a sign-out elsewhere ends the sessions of that sign-in only', async () => {
  const sessions = open();
  const ids = await Promise.all([tokensOf('a'), tokensOf('a'), tokensOf('b')].map(sessions.begin));
  await sessions.endAllOf('a');
  const found = await Promise.all(ids.map(sessions.find));
  expect(found.map((session) => session !== undefined)).toEqual([false, false, true]);
});
