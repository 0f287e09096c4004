import { makeAccessToken } from '@obo/access-token/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Instance, startInstance } from './instance.ts';
import { decode, issue, refuse, startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'];
const leave = ['api://leave/Leave.Read'];
const ada = '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13';
const grace = '8b2f6d14-7c3e-4a95-b0d8-1e9f5a7c3b26';

let endpoint: TokenEndpoint;
let instance: Instance;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
});
beforeEach(() => {
  endpoint.forget();
  endpoint.behave();
  instance = startInstance(endpoint);
});
afterEach(async () => {
  vi.useRealTimers();
  await instance.close();
});
afterAll(() => endpoint.close());

const codeOf = (error: { code?: string }): string | undefined => error.code;
const repeat = <Result>(count: number, action: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => action(index)));

describe('tokens on behalf of a person', () => {
  test('are got once for each assertion and resource, and are for that person and resource', async () => {
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

  test('of two sessions do not displace each other: 20 alternating calls for two resources ask four times', async () => {
    const sessions = [makeAccessToken(), makeAccessToken()];
    for (let call = 0; call < 20; call += 1) {
      const token = sessions[call % 2] ?? makeAccessToken();
      await Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]);
    }
    expect(endpoint.requests).toHaveLength(4);
  });

  test('are the same whatever the order of the scopes, and others for other scopes', async () => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    await instance.acquire(token, graph.toReversed());
    await instance.acquire(token, graph.slice(0, 1));
    expect(endpoint.requests).toHaveLength(2);
  });

  test('are asked for twice by 50 who need two resources at once', async () => {
    const token = makeAccessToken();
    await repeat(50, () => Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]));
    expect(endpoint.requests).toHaveLength(2);
    await repeat(50, () => Promise.all([instance.acquire(token, graph), instance.acquire(token, leave)]));
    expect(endpoint.requests).toHaveLength(2);
  });

  test('are asked for over connections that are kept, though each exchange has a client of its own', async () => {
    const before = endpoint.connections();
    for (let exchange = 0; exchange < 10; exchange += 1) await instance.acquire(makeAccessToken(), graph);
    expect(endpoint.requests).toHaveLength(10);
    // undici lets a connection rest for a moment after an answer, and takes a second one meanwhile.
    expect(endpoint.connections() - before).toBeLessThanOrEqual(2);
  });

  test('are asked for over no more connections than the pool has, and nobody is refused', async () => {
    const before = endpoint.connections();
    await repeat(200, () => instance.acquire(makeAccessToken(), graph));
    expect(endpoint.requests).toHaveLength(200);
    expect(endpoint.connections() - before).toBeLessThanOrEqual(64);
  });

  test('that cannot be had are not had by all who wait, and are asked for by the next', async () => {
    const token = makeAccessToken();
    endpoint.behave(() => refuse(65001, 'invalid_grant', { suberror: 'consent_required' }));
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
  ])('that one person is refused with %s are given to everybody else', async (_title, answer) => {
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

describe('a token that is kept', () => {
  test('is handed out until a minute before its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    await instance.acquire(token, graph);
    vi.setSystemTime(Date.now() + 3_535_000);
    expect((await instance.acquire(token, graph)).source).toBe('cache');
    vi.setSystemTime(Date.now() + 10_000);
    expect(instance.find(token, graph)).toBeUndefined();
    expect((await instance.acquire(token, graph)).source).toBe('identity_provider');
  });

  test('ends with its assertion', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 600 });
    await instance.acquire(token, graph);
    vi.setSystemTime(Date.now() + 599_000);
    expect(instance.find(token, graph)).toBeDefined();
    vi.setSystemTime(Date.now() + 2_000);
    expect(instance.find(token, graph)).toBeUndefined();
  });

  test('leaves when it has ended, though nobody asks', async () => {
    endpoint.behave((request) => issue(request, { expires_in: 62 }));
    await instance.acquire(makeAccessToken(), graph);
    expect(instance.size()).toBe(1);
    await expect.poll(instance.size, { timeout: 10_000 }).toBe(0);
  });

  test('gives way when there is no room, so that there is never more than may be', async () => {
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

  test('is not handed out again after its resource refused it, and one of many asks for another', async () => {
    const token = makeAccessToken();
    const { accessToken } = await instance.acquire(token, graph);
    const others = await repeat(20, () => instance.acquire(token, graph, accessToken));
    expect(new Set(others.map((other) => other.accessToken)).size).toBe(1);
    expect(others[0]?.accessToken).not.toBe(accessToken);
    expect(endpoint.requests).toHaveLength(2);
    expect((await instance.acquire(token, graph, accessToken)).accessToken).toBe(others[0]?.accessToken);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('is not handed out again after its resource refused it, though no other can be had', async () => {
    const token = makeAccessToken();
    const { accessToken } = await instance.acquire(token, graph);
    endpoint.behave(() => refuse(7000215, 'invalid_client'));
    expect(await instance.acquire(token, graph, accessToken).catch(codeOf)).toBe('identity_configuration');
    expect(instance.find(token, graph)).toBeUndefined();
  });
});

describe('a person who is forgotten', () => {
  test('has no token any more, in no session; everybody else has', async () => {
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

  test('during an exchange gets its token, which is not kept, and who comes later starts another', async () => {
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
    ['a claims challenge', refuse(50076, 'interaction_required', { claims: '{"access_token":{}}' })],
    ['a revoked session', refuse(50133, 'invalid_grant')],
    ['a changed password', refuse(50173, 'invalid_grant')],
    ['a disabled account', refuse(50057, 'invalid_grant')],
  ])('is so by %s, if the identity provider tells of it', async (_title, answer) => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    endpoint.behave(() => answer);
    await expect(instance.acquire(token, leave)).rejects.toThrow();
    expect(instance.find(token, graph)).toBeUndefined();
  });

  test.each([
    ['consent that is missing', refuse(65001, 'invalid_grant', { suberror: 'consent_required' })],
    ['a policy that blocks', refuse(53003, 'access_denied')],
    ['a secret of ours that is wrong', refuse(7000215, 'invalid_client')],
    ['an endpoint that fails', { status: 500, body: {} }],
  ])('is not so by %s', async (_title, answer) => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    endpoint.behave(() => answer);
    await expect(instance.acquire(token, leave)).rejects.toThrow();
    expect(instance.find(token, graph)).toBeDefined();
  });
});
