import { expect, test } from 'vitest';
import { readConfiguration } from '../src/configuration.ts';

const id = '00000000-0000-4000-8000-000000000000';
const environment = {
  PUBLIC_URL: 'https://leave.example.com',
  CLIENT_ID: id,
  AUTHORITY: `https://login.microsoftonline.com/${id}/v2.0`,
  CLIENT_SECRET: 'Abc8Q~value-of-a-secret',
  API_BASE_URL: 'https://api.example.com/',
  API_APP_ID_URI: `api://${id}`,
};

test('requests the default scope of the middle tier, from the authority without its version', () => {
  expect(readConfiguration(environment)).toMatchObject({
    authority: `https://login.microsoftonline.com/${id}`,
    apiBaseUrl: 'https://api.example.com',
    scope: `api://${id}/.default`,
    sessions: { limit: 10_000, idle: 3_600_000, lifetime: 43_200_000 },
  });
});

test.each<[why: string, change: Record<string, string>, message: RegExp]>([
  ['where cookies would be insecure', { PUBLIC_URL: 'http://leave.example.com' }, /PUBLIC_URL: .*https/],
  [
    'at an address with a path',
    { PUBLIC_URL: 'https://leave.example.com/app' },
    /PUBLIC_URL: .*without a path/,
  ],
  ['without a credential', { CLIENT_SECRET: '' }, /CLIENT_SECRET.*: one of these must be set/],
  ['with two credentials', { MANAGED_IDENTITY_CLIENT_ID: id }, /only one of these may be set/],
  ['without a bound on sessions', { MAX_SESSIONS: '0' }, /MAX_SESSIONS/],
  ['with Redis, but without a key', { REDIS_URL: 'redis://localhost' }, /TOKEN_CACHE_KEYS: must be set/],
])('does not start %s', (_why, change, message) => {
  expect(() => readConfiguration({ ...environment, ...change })).toThrow(message);
});
