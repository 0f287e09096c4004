import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type RunningApi, startApi, unusedDatabase } from './support/api.ts';
import { expectProblem } from './support/responses.ts';

beforeEach(() => {
  // The minute of a limit does not end during a test, however slow the machine is.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => void vi.useRealTimers());

async function start(environment: Record<string, string>): Promise<RunningApi> {
  const api = await startApi(unusedDatabase, { environment });
  onTestFinished(() => api.close());
  return api;
}

test('RATE_LIMIT_PER_USER limits each user, whatever address the middle tier calls from', async () => {
  const api = await start({ RATE_LIMIT_PER_USER: '2' });
  const [ada, grace] = [api.user(), api.user()];
  expect([(await ada.cancel('x')).status, (await ada.cancel('y')).status]).toEqual([400, 400]);
  await expectProblem(await ada.get('/api/leave-requests'), 429, 'too_many_requests');
  expect((await grace.cancel('x')).status).toBe(400);
});

test('addresses have no limit by default, as all requests come from the middle tier', async () => {
  const api = await start({});
  const response = await api.user().cancel('x');
  expect(response.headers.get('ratelimit')).toMatch(/^"user"; r=1199; t=\d+$/);
});

test('RATE_LIMIT_PER_ADDRESS and TRUSTED_PROXY_HOPS limit each address', async () => {
  const api = await start({ RATE_LIMIT_PER_ADDRESS: '1', TRUSTED_PROXY_HOPS: '1' });
  const from = async (address: string) =>
    (await fetch(`${api.url}/api/leave-balance`, { headers: { 'x-forwarded-for': address } })).status;
  expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([
    401, 429, 401,
  ]);
});
