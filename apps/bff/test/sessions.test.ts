import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessions, type Tokens } from '../src/session/sessions.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;
const limits = { limit: 100, idle: 10 * minute, lifetime: 60 * minute };

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

test('a session ends when it is not used', () => {
  const sessions = createSessions(limits);
  const id = sessions.begin(tokensOf('a'));
  for (let use = 0; use < 3; use += 1) {
    vi.advanceTimersByTime(9 * minute);
    expect(sessions.find(id)).toBeDefined();
  }
  vi.advanceTimersByTime(11 * minute);
  expect(sessions.find(id)).toBeUndefined();
});

test('a session ends after its lifetime, however much it is used', () => {
  const sessions = createSessions(limits);
  const id = sessions.begin(tokensOf('a'));
  for (let use = 0; use < 11; use += 1) {
    vi.advanceTimersByTime(5 * minute);
    expect(sessions.find(id)).toBeDefined();
  }
  vi.advanceTimersByTime(5 * minute);
  expect(sessions.find(id)).toBeUndefined();
});

test('a sign-out elsewhere ends the sessions of that sign-in only', () => {
  const sessions = createSessions(limits);
  const [one, same, other] = [tokensOf('a'), tokensOf('a'), tokensOf('b')].map(sessions.begin);
  sessions.endAllOf('a');
  expect([one, same, other].map((id) => sessions.find(id ?? '') !== undefined)).toEqual([false, false, true]);
});
