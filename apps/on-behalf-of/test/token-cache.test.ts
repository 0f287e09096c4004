import { makeAccessToken } from '@obo/access-token/testing';
import { describe, expect, test, vi } from 'vitest';
import { type Instance, startInstance, startInstanceForEachTest } from './instance.ts';
import { decode, issue, reject, type TokenEndpoint } from './token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'];
const leave = ['api://leave/Leave.Read'];
const ada = '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13';
const grace = '8b2f6d14-7c3e-4a95-b0d8-1e9f5a7c3b26';

let endpoint: TokenEndpoint;
let instance: Instance;
startInstanceForEachTest((...started) => {
  [endpoint, instance] = started;
});

const codeOf = (error: { code?: string }): string | undefined => error.code;
const repeat = <Result>(count: number, action: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => action(index)));

describe('exchanged tokens', () => {
  test('are requested once per assertion and resource, and are for that user and resource', async () => {
    const tokens = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: grace })];
    for (let round = 0; round < 3; round += 1) {
      for (const token of tokens) {
        for (const [scopes, aud] of [
          [graph, 'https://graph.microsoft.com'],
          [leave, 'api://leave'],
        ] as const) {
          const { accessToken, source } = await instance.acquire(token, scopes);
          expect(decode(accessToken)).toMatchObject({ oid: token.claims.oid, aud });
          expect(source).toBe(round === 0 ? 'identity_provider' : 'cache');
          expect(instance.find(token, scopes)).toMatchObject({ accessToken, source: 'cache' });
        }
      }
    }
    expect(endpoint.requests).toHaveLength(4);
  });

  test('of two assertions do not replace each other: 20 alternating calls for two resources request four tokens', async () => {
    const sessions = [makeAccessToken(), makeAccessToken()];
    for (let call = 0; call < 20; call += 1) {
      const token = sessions[call % 2] ?? makeAccessToken();
      await Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]);
    }
    expect(endpoint.requests).toHaveLength(4);
  });

  test('are the same for any order of the scopes, and different for other scopes', async () => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    await instance.acquire(token, graph.toReversed());
    await instance.acquire(token, graph.slice(0, 1));
    expect(endpoint.requests).toHaveLength(2);
  });

  test('are requested twice for 50 simultaneous calls that need two resources', async () => {
    const token = makeAccessToken();
    await repeat(50, () => Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]));
    expect(endpoint.requests).toHaveLength(2);
    await repeat(50, () => Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]));
    expect(endpoint.requests).toHaveLength(2);
  });

  test('are requested over connections that are kept alive, although each exchange has its own client', async () => {
    const before = endpoint.connections();
    for (let exchange = 0; exchange < 10; exchange += 1) await instance.acquire(makeAccessToken(), graph);
    expect(endpoint.requests).toHaveLength(10);
    // undici pauses a connection for a moment after a response, and opens a second one meanwhile.
    expect(endpoint.connections() - before).toBeLessThanOrEqual(2);
  });

  test('are requested over no more connections than the pool has, and no request is rejected', async () => {
    const before = endpoint.connections();
    await repeat(200, () => instance.acquire(makeAccessToken(), graph));
    expect(endpoint.requests).toHaveLength(200);
    expect(endpoint.connections() - before).toBeLessThanOrEqual(64);
  });

  test('that fail reach every waiting call as a failure, and are requested again by the next one', async () => {
    const token = makeAccessToken();
    endpoint.behave(() => reject(65001, 'invalid_grant', { suberror: 'consent_required' }));
    const outcomes = await repeat(20, () => instance.acquire(token, graph).catch(codeOf));
    expect(new Set(outcomes)).toEqual(new Set(['consent_required']));
    expect(endpoint.requests).toHaveLength(1);
    endpoint.behave();
    expect((await instance.acquire(token, graph)).source).toBe('identity_provider');
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each([
    ['429', { status: 429, headers: { 'retry-after': '60' }, body: {} }],
    ['503', { status: 503, headers: { 'retry-after': '60' }, body: {} }],
  ])('that one user is denied with %s are issued to every other user', async (_title, answer) => {
    endpoint.behave((request) => (request.oid === ada ? answer : issue(request)));
    const hers = makeAccessToken({ oid: ada });
    expect(await instance.acquire(hers, graph).catch(codeOf)).toBe('identity_provider_unavailable');
    await repeat(20, async (index) => {
      const oid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const { accessToken } = await instance.acquire(makeAccessToken({ oid }), graph);
      expect(decode(accessToken).oid).toBe(oid);
    });
  });
});

describe('a cached token', () => {
  test('is handed out until a minute before its expiry', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    await instance.acquire(token, graph);
    vi.setSystemTime(Date.now() + 3_535_000);
    expect((await instance.acquire(token, graph)).source).toBe('cache');
    vi.setSystemTime(Date.now() + 10_000);
    expect(instance.find(token, graph)).toBeUndefined();
    expect((await instance.acquire(token, graph)).source).toBe('identity_provider');
  });

  test('expires with its assertion', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 600 });
    await instance.acquire(token, graph);
    vi.setSystemTime(Date.now() + 599_000);
    expect(instance.find(token, graph)).toBeDefined();
    vi.setSystemTime(Date.now() + 2_000);
    expect(instance.find(token, graph)).toBeUndefined();
  });

  test('is removed when it expires, without another call', async () => {
    endpoint.behave((request) => issue(request, { expires_in: 62 }));
    await instance.acquire(makeAccessToken(), graph);
    expect(instance.size()).toBe(1);
    await expect.poll(instance.size, { timeout: 10_000 }).toBe(0);
  });

  test('is removed when the cache is full, so that the cache never exceeds its limit', async () => {
    const small = startInstance(endpoint, { tokenCacheBytes: 20_000 });
    const first = makeAccessToken();
    await small.acquire(first, graph);
    for (let index = 0; index < 50; index += 1) {
      await small.acquire(makeAccessToken(), graph);
      expect(small.size()).toBeLessThanOrEqual(20);
    }
    expect(small.find(first, graph)).toBeUndefined();
    await small.acquire(first, graph);
    expect(small.find(first, graph)).toBeDefined();
    await small.close();
  });

  test('is not handed out again after its resource rejected it, and one of many calls requests another', async () => {
    const token = makeAccessToken();
    const { accessToken } = await instance.acquire(token, graph);
    const others = await repeat(20, () => instance.acquire(token, graph, accessToken));
    expect(new Set(others.map((other) => other.accessToken)).size).toBe(1);
    expect(others[0]?.accessToken).not.toBe(accessToken);
    expect(endpoint.requests).toHaveLength(2);
    expect((await instance.acquire(token, graph, accessToken)).accessToken).toBe(others[0]?.accessToken);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('is not handed out again after its resource rejected it, even if the new exchange fails', async () => {
    const token = makeAccessToken();
    const { accessToken } = await instance.acquire(token, graph);
    endpoint.behave(() => reject(7000215, 'invalid_client'));
    expect(await instance.acquire(token, graph, accessToken).catch(codeOf)).toBe('identity_configuration');
    expect(instance.find(token, graph)).toBeUndefined();
  });
});

describe('the tokens of a generation', () => {
  const fresh = (accessToken: string, generation: string) => ({
    ...({ accessToken, generation, source: 'identity_provider', refreshAt: undefined } as const),
    expiresAt: Date.now() + 3_600_000,
  });

  test('do not stay beside those of the next one', () => {
    const token = makeAccessToken();
    instance.keep(token, graph, fresh('a.b.c', 'first'));
    instance.keep(token, leave, fresh('d.e.f', 'second'));
    expect(instance.find(token, graph)).toBeUndefined();
    expect(instance.find(token, leave)).toMatchObject({ accessToken: 'd.e.f' });
    expect([...instance.users()]).toMatchObject([{ userKey: token.userKey, generation: 'second' }]);
  });

  test('stay when all others of the user are forgotten', () => {
    const token = makeAccessToken();
    instance.keep(token, graph, fresh('a.b.c', 'first'));
    instance.forget(token.userKey, 'first');
    expect(instance.find(token, graph)).toBeDefined();
    instance.forget(token.userKey, 'second');
    expect(instance.find(token, graph)).toBeUndefined();
  });
});

describe('when a user is forgotten', () => {
  test("another user's exchange in flight is cached", async () => {
    const [token, other] = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: grace })];
    const acquired = instance.acquire(token, graph);
    instance.forget(other.userKey);
    await acquired;
    expect(instance.find(token, graph)).toBeDefined();
  });

  test('no token of any assertion is left; other users keep theirs', async () => {
    const [first, second] = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: ada })];
    const other = makeAccessToken({ oid: grace });
    for (const token of [first, second, other])
      for (const scopes of [graph, leave]) await instance.acquire(token, scopes);
    instance.forget(first.userKey);
    for (const scopes of [graph, leave]) {
      expect(instance.find(first, scopes)).toBeUndefined();
      expect(instance.find(second, scopes)).toBeUndefined();
      expect(instance.find(other, scopes)).toBeDefined();
    }
  });

  test('an exchange in flight returns its token without caching it, and later calls start another', async () => {
    const token = makeAccessToken();
    const released = Promise.withResolvers<void>();
    endpoint.behave(async (request) => {
      if (endpoint.requests.length === 1) await released.promise;
      return issue(request);
    });
    const early = instance.acquire(token, graph);
    await expect.poll(() => endpoint.requests.length).toBe(1);
    instance.forget(token.userKey);
    const late = await instance.acquire(token, graph);
    released.resolve();
    expect((await early).accessToken).not.toBe(late.accessToken);
    expect(instance.find(token, graph)?.accessToken).toBe(late.accessToken);
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each([
    ['a revoked session', reject(50133, 'invalid_grant')],
    ['a changed password', reject(50173, 'invalid_grant')],
    ['a disabled account', reject(50057, 'invalid_grant')],
  ])('it is because the identity provider reports %s', async (_title, answer) => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    endpoint.behave(() => answer);
    await expect(instance.acquire(token, leave)).rejects.toThrow();
    expect(instance.find(token, graph)).toBeUndefined();
  });

  test.each([
    ['a required step-up', reject(50076, 'interaction_required', { claims: '{"access_token":{}}' })],
    ['missing consent', reject(65001, 'invalid_grant', { suberror: 'consent_required' })],
    ['a policy that blocks', reject(53003, 'access_denied')],
    ['a client secret that is wrong', reject(7000215, 'invalid_client')],
    ['an endpoint that fails', { status: 500, body: {} }],
  ])('it is not because of %s', async (_title, answer) => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    endpoint.behave(() => answer);
    await expect(instance.acquire(token, leave)).rejects.toThrow();
    expect(instance.find(token, graph)).toBeDefined();
  });
});
