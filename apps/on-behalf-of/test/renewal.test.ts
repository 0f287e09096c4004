import type { AccessToken } from '@obo/access-token';
import { makeAccessToken } from '@obo/access-token/testing';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Instance, startInstanceForEachTest } from './instance.ts';
import { issue, reject, type TokenEndpoint } from './token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read'];
const leave = ['api://leave/Leave.Read'];
const patience = { timeout: 10_000 };

let endpoint: TokenEndpoint;
let instance: Instance;
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
startInstanceForEachTest((...started) => {
  [endpoint, instance] = started;
});

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
/** An assertion that expires after the tokens exchanged with it. */
const longLived = (): AccessToken => makeAccessToken({ exp: inSeconds(86_400) });
/** Tokens that the issuer recommends to renew after 20 minutes of their hour. */
const withRefreshIn: Parameters<TokenEndpoint['behave']>[0] = (request) =>
  issue(request, { refresh_in: 1_200 });
const untilRenewed = (token: AccessToken, accessToken: string, by = instance) =>
  expect.poll(() => by.find(token, graph)?.accessToken, patience).not.toBe(accessToken);
/** Makes one more exchange, so that all requests of earlier ones have reached the endpoint, and counts those. */
async function requestsSoFar(): Promise<number> {
  await instance.acquire(longLived(), ['api://other/Other.Read']);
  return endpoint.requests.filter(({ resource }) => resource !== 'api://other').length;
}
const failedRenewals = (): number =>
  instance.logs.filter((line) => line.includes('token could not be renewed before its expiry')).length;

describe.each<[string, number, Parameters<TokenEndpoint['behave']>[0]]>([
  ['from refresh_in', 1_200, withRefreshIn],
  // Handed out for 59 of its 60 minutes.
  ['in the last tenth of its lifetime, if the issuer says nothing', 3_186, issue],
])('a token %s', (_title, renewal, behaviour) => {
  beforeEach(() => endpoint.behave(behaviour));

  test('is renewed in the background while it is handed out, and not before', async () => {
    const token = longLived();
    const { accessToken } = await instance.acquire(token, graph);
    pass(renewal - 5);
    expect(await instance.acquire(token, graph)).toMatchObject({ accessToken, source: 'cache' });
    expect(await requestsSoFar()).toBe(1);
    endpoint.forget();

    const released = Promise.withResolvers<void>();
    endpoint.behave(async (request) => {
      await released.promise;
      return behaviour?.(request) ?? issue(request);
    });
    pass(10);
    // The token endpoint does not respond, so a call that waited for it would never return.
    expect(await instance.acquire(token, graph)).toMatchObject({ accessToken, source: 'cache' });
    expect(instance.find(token, graph)).toMatchObject({ accessToken, source: 'cache' });
    await expect.poll(() => endpoint.requests.length, patience).toBe(1);

    released.resolve();
    await untilRenewed(token, accessToken);
    expect(instance.find(token, graph)?.source).toBe('cache');
    pass(renewal - 5);
    expect(instance.find(token, graph)).toBeDefined();
    expect(await requestsSoFar()).toBe(1);
  });

  test('is renewed once for any number of simultaneous calls, and no other token is', async () => {
    const [token, other] = [longLived(), longLived()];
    const { accessToken } = await instance.acquire(token, graph);
    pass(renewal - 60);
    await Promise.all([instance.acquire(token, leave), instance.acquire(other, graph)]);
    pass(65);
    const calls = Array.from({ length: 50 }, () => instance.acquire(token, graph));
    const given = new Set((await Promise.all(calls)).map((acquired) => acquired.accessToken));
    expect(given).toEqual(new Set([accessToken]));
    await Promise.all([instance.acquire(token, leave), instance.acquire(other, graph)]);
    await untilRenewed(token, accessToken);
    expect(await requestsSoFar()).toBe(4);
  });
});

describe('a renewal that fails', () => {
  test.each([
    ['the endpoint fails', { status: 500, body: {} }],
    ['the user is throttled', { status: 429, headers: { 'retry-after': '60' }, body: {} }],
    ['consent was withdrawn', reject(65001, 'invalid_grant', { suberror: 'consent_required' })],
    ['the response has no token', { body: {} }],
  ])('because %s affects no call, is logged, and is tried again after 30 seconds', async (_title, answer) => {
    endpoint.behave(withRefreshIn);
    const token = longLived();
    const { accessToken } = await instance.acquire(token, graph);
    pass(1_205);
    endpoint.behave(() => answer);
    for (let call = 0; call < 20; call += 1)
      expect(await instance.acquire(token, graph)).toMatchObject({ accessToken, source: 'cache' });
    await expect.poll(failedRenewals, patience).toBe(1);
    pass(25);
    endpoint.behave(withRefreshIn);
    expect(instance.find(token, graph)?.accessToken).toBe(accessToken);
    expect(await requestsSoFar()).toBe(2);

    pass(10);
    expect(instance.find(token, graph)?.accessToken).toBe(accessToken);
    await untilRenewed(token, accessToken);
    expect(await requestsSoFar()).toBe(3);
    expect(failedRenewals()).toBe(1);
  });

  test('until the token has expired fails the next call', async () => {
    endpoint.behave(withRefreshIn);
    const token = longLived();
    await instance.acquire(token, graph);
    endpoint.behave(() => ({ status: 500, body: {} }));
    pass(3_545);
    await expect(instance.acquire(token, graph)).rejects.toMatchObject({
      code: 'identity_provider_unavailable',
    });
  });

  test('because access was revoked removes all tokens of the user', async () => {
    endpoint.behave(withRefreshIn);
    const token = longLived();
    await instance.acquire(token, graph);
    await instance.acquire(token, leave);
    pass(1_205);
    endpoint.behave(() => reject(50173, 'invalid_grant'));
    expect(instance.find(token, graph)).toBeDefined();
    await expect.poll(() => instance.find(token, leave), patience).toBeUndefined();
    expect(instance.find(token, graph)).toBeUndefined();
  });
});

test('a token that expires with its assertion is not renewed, because no call can need another', async () => {
  const token = makeAccessToken({ exp: inSeconds(3_000) });
  const { accessToken } = await instance.acquire(token, graph);
  pass(2_995);
  expect(instance.find(token, graph)?.accessToken).toBe(accessToken);
  expect(await requestsSoFar()).toBe(1);
});
