import { createTestLogger } from '@obo/service-defaults/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, openDatabase } from '../src/index.ts';
import { expectProblem } from './support/answers.ts';
import { type RunningApi, startApi } from './support/api.ts';

// Only requests that need no database are made, so that how fast it is decides nothing.
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ directory: null }, createTestLogger('downstream-api'));
});
beforeEach(() => {
  // The minute of a limit does not end meanwhile, however slow the machine is.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => void vi.useRealTimers());
afterAll(() => database.close());

async function start(environment: Record<string, string>): Promise<RunningApi> {
  const api = await startApi(database, { environment });
  onTestFinished(() => api.close());
  return api;
}

test('RATE_LIMIT_PER_USER holds for a person, whatever address the middle tier calls from', async () => {
  const api = await start({ RATE_LIMIT_PER_USER: '2' });
  const [ada, grace] = [api.person(), api.person()];
  expect([(await ada.cancel('x')).status, (await ada.cancel('y')).status]).toEqual([400, 400]);
  await expectProblem(await ada.get('/api/leave-requests'), 429, 'too_many_requests');
  expect((await grace.cancel('x')).status).toBe(400);
});

test('an address has no limit by default, as everybody comes from that of the middle tier', async () => {
  const api = await start({});
  const answer = await api.person().cancel('x');
  expect(answer.headers.get('ratelimit')).toMatch(/^"user"; r=1199; t=\d+$/);
});

test('RATE_LIMIT_PER_ADDRESS and TRUSTED_PROXY_HOPS set one', async () => {
  const api = await start({ RATE_LIMIT_PER_ADDRESS: '1', TRUSTED_PROXY_HOPS: '1' });
  const from = async (address: string) =>
    (await fetch(`${api.url}/api/leave-balance`, { headers: { 'x-forwarded-for': address } })).status;
  expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([
    401, 429, 401,
  ]);
});
