import { randomBytes } from 'node:crypto';
import { makeAccessToken } from '@obo/access-token/testing';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { createRingKey, type KeyRing } from '../../src/key-ring.ts';
import { makeKeyRing, makeRingKey, namesOf, onRedis, redisAnswers, redisUrl } from '../../testing/redis.ts';
import { type Instance, startInstance } from '../instance.ts';
import { decode, issue, reject, startTokenEndpoint, type TokenEndpoint } from '../token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'];
const leave = ['api://leave/Leave.Read'];
const ada = '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13';
const grace = '8b2f6d14-7c3e-4a95-b0d8-1e9f5a7c3b26';

describe.skipIf(!redisAnswers)('tokens that instances share', () => {
  const keys = makeKeyRing(afterAll);
  const [{ id }] = keys;
  const patience = { timeout: 10_000 };
  let endpoint: TokenEndpoint;
  let one: Instance;
  let two: Instance;
  /** The number of lines that the second instance had logged before the test. */
  let loggedBefore: number;

  beforeAll(async () => {
    endpoint = await startTokenEndpoint();
    [one, two] = await Promise.all([startSharing(keys), startSharing(keys)]);
    await untilShared(2);
  });
  beforeEach(async () => {
    await onRedis(async (client) => client.del((await namesOf(id, client, 'token')).concat('x')));
    loggedBefore = two.logs.length;
  });
  afterEach(() => {
    endpoint.forget();
    endpoint.behave();
  });
  afterAll(() => Promise.all([one, two, endpoint].map((started) => started.close())));

  /** Starts an instance, and waits until it shares its tokens: it has stored one then. */
  async function startSharing(ring: KeyRing): Promise<Instance> {
    const instance = startInstance(endpoint, {
      sharedCache: { url: redisUrl, keys: ring, deadline: 10_000 },
    });
    await vi.waitFor(async () => {
      await instance.acquire(makeAccessToken(), graph);
      expect([...instance.users()].some(({ generation }) => generation !== undefined)).toBe(true);
    }, patience);
    endpoint.forget();
    return instance;
  }
  /** Starts an instance for one test. */
  async function start(ring = keys): Promise<Instance> {
    const instance = await startSharing(ring);
    onTestFinished(() => instance.close());
    return instance;
  }

  const tokenNames = (ofKey = id) => onRedis((client) => namesOf(ofKey, client, 'token'));
  /** Waits until this number of tokens is stored. */
  const untilShared = (count: number, ofKey = id) =>
    vi.waitFor(async () => expect(await tokenNames(ofKey)).toHaveLength(count), patience);
  const rejections = ({ logs }: Instance, after = 0): string[] =>
    logs
      .slice(after)
      .map((line) => JSON.parse(line))
      .flatMap(({ msg, reason }) => (msg === 'shared token rejected' ? [reason] : []));

  test('are exchanged by one instance and used by the other', async () => {
    const token = makeAccessToken();
    const [first] = await Promise.all([one.acquire(token, graph), one.acquire(token, leave)]);
    await untilShared(2);
    const second = await two.acquire(token, graph);
    expect(second).toMatchObject({ accessToken: first.accessToken, source: 'shared_cache' });
    expect((await two.acquire(token, leave)).source).toBe('shared_cache');
    expect((await two.acquire(token, graph)).source).toBe('cache');
    expect(endpoint.requests).toHaveLength(2);
  });

  test('do not replace each other when they are exchanged at the same moment', async () => {
    const token = makeAccessToken();
    await Promise.all([
      one.acquire(token, graph),
      one.acquire(token, leave),
      two.acquire(token, ['api://x/y']),
    ]);
    await untilShared(3);
    const three = await start();
    for (const scopes of [graph, leave, ['api://x/y']])
      expect((await three.acquire(token, scopes)).source).toBe('shared_cache');
  });

  test('belong to one user, one assertion and one set of scopes', async () => {
    await one.acquire(makeAccessToken({ oid: ada, uti: 'x' }), graph);
    await untilShared(1);
    for (const [token, scopes] of [
      [makeAccessToken({ oid: grace, uti: 'x' }), graph],
      [makeAccessToken({ oid: ada, tid: grace, uti: 'x' }), graph],
      [makeAccessToken({ oid: ada, uti: 'y' }), graph],
      [makeAccessToken({ oid: ada, uti: 'x' }), leave],
    ] as const) {
      const { accessToken, source } = await two.acquire(token, scopes);
      expect(source).toBe('identity_provider');
      expect(decode(accessToken)).toMatchObject({ oid: token.claims.oid, tid: token.claims.tid });
    }
  });

  test('are stored in Redis encrypted, without other secrets, and until they expire', async () => {
    const token = makeAccessToken({ oid: ada });
    const { accessToken } = await one.acquire(token, graph);
    await untilShared(1);
    await onRedis(async (client) => {
      const [name = ''] = await namesOf(id, client, 'token');
      const sealed = (await client.get(name)) ?? Buffer.alloc(0);
      const opened = keys[0].open(sealed, name) ?? '';
      expect(opened).toContain(accessToken);
      for (const secret of [
        'a refresh token',
        'id_token',
        'IdToken',
        'RefreshToken',
        'Account"',
        token.assertion,
      ])
        expect(opened).not.toContain(secret);

      const all = [];
      for (const key of await namesOf(id, client))
        all.push(key, (await client.get(key))?.toString('latin1') ?? '');
      const visible = all.join('\n');
      for (const secret of [
        accessToken,
        accessToken.slice(-60),
        ada,
        token.assertion,
        'AccessToken',
        'User.Read',
      ])
        expect(visible).not.toContain(secret);
      expect(await client.pTTL(name)).toBeLessThanOrEqual(3_541_000);
      expect(await client.pTTL(name)).toBeGreaterThan(3_400_000);
    });
  });

  test('expire with their assertion', async () => {
    await one.acquire(makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 300 }), graph);
    await untilShared(1);
    await onRedis(async (client) => {
      const [name = ''] = await namesOf(id, client, 'token');
      expect(await client.pTTL(name)).toBeLessThanOrEqual(300_000);
    });
  });

  test.each([
    ['for another user', (request) => issue({ ...request, oid: grace })],
    ['for a user in another tenant', (request) => issue({ ...request, tid: grace })],
  ] satisfies [string, Parameters<TokenEndpoint['behave']>[0]][])(
    'are not shared if they turn out to be %s',
    async (_title, behaviour) => {
      endpoint.behave(behaviour);
      const token = makeAccessToken({ oid: ada });
      await expect(one.acquire(token, graph)).rejects.toMatchObject({ code: 'token_exchange_failed' });
      endpoint.behave();
      expect((await two.acquire(token, leave)).source).toBe('identity_provider');
      await untilShared(1);
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
    },
  );

  test('are not shared as failures', async () => {
    const token = makeAccessToken();
    endpoint.behave(() => reject(65001, 'invalid_grant', { suberror: 'consent_required' }));
    await expect(one.acquire(token, graph)).rejects.toMatchObject({ code: 'consent_required' });
    endpoint.behave();
    expect((await two.acquire(token, graph)).source).toBe('identity_provider');
  });

  test('are not taken from another instance if a resource has rejected them', async () => {
    const token = makeAccessToken();
    const { accessToken: rejected } = await one.acquire(token, graph);
    await untilShared(1);
    await two.acquire(token, graph);
    const others = await Promise.all(Array.from({ length: 10 }, () => two.acquire(token, graph, rejected)));
    expect(new Set(others.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(others[0]).toMatchObject({ source: 'identity_provider' });
    expect(others[0]?.accessToken).not.toBe(rejected);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('are exchanged again by a call that joined a look-up which found a rejected token', async () => {
    const token = makeAccessToken();
    const { accessToken: rejected } = await one.acquire(token, graph);
    await untilShared(1);
    const [found, other] = await Promise.all([
      two.acquire(token, graph),
      two.acquire(token, graph, rejected),
    ]);
    expect(found).toMatchObject({ accessToken: rejected, source: 'shared_cache' });
    expect(other.accessToken).not.toBe(rejected);
  });

  describe('are a miss when an attacker has stored', () => {
    test.each<[string, string[], (sealed: Buffer, name: string) => Buffer | string]>([
      [
        'a changed bit',
        ['not sealed for its place'],
        (sealed) => Buffer.from(sealed.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
      ],
      ['half of the entry', ['not sealed for its place'], (sealed) => sealed.subarray(0, sealed.length / 2)],
      ['an empty string', ['not sealed for its place'], () => ''],
      ['one byte', ['not sealed for its place'], () => 'x'],
      ['text', ['not sealed for its place'], () => '{"AccessToken":{}}'],
      [
        'an entry sealed with another key',
        ['not sealed for its place'],
        (_sealed, name) => createRingKey('1', randomBytes(32)).seal('{}', name),
      ],
      ['text that is not JSON', ['malformed'], (_sealed, name) => keys[0].seal('AccessToken', name)],
      ['null', ['malformed'], (_sealed, name) => keys[0].seal('null', name)],
      ['an array', ['malformed'], (_sealed, name) => keys[0].seal('[]', name)],
      ['an object without the fields', ['malformed'], (_sealed, name) => keys[0].seal('{}', name)],
      [
        'an object with a field of another type',
        ['malformed'],
        (_sealed, name) =>
          keys[0].seal('{"userKey":"x","generation":"y","accessToken":"z","expiresAt":"soon"}', name),
      ],
    ])('%s', async (_title, reasons, tamper) => {
      const token = makeAccessToken();
      const { accessToken } = await one.acquire(token, graph);
      await untilShared(1);
      await onRedis(async (client) => {
        const [name = ''] = await namesOf(id, client, 'token');
        await client.set(name, tamper((await client.get(name)) ?? Buffer.alloc(0), name));
      });
      const other = await two.acquire(token, graph);
      expect(other.source).toBe('identity_provider');
      expect(other.accessToken).not.toBe(accessToken);
      expect(rejections(two, loggedBefore)).toEqual(reasons);
      // The token that was exchanged instead replaces the entry.
      const three = await start();
      expect(await three.acquire(token, graph)).toMatchObject({
        accessToken: other.accessToken,
        source: 'shared_cache',
      });
    });

    /** Shares the tokens of two users, and returns the names of their entries. */
    async function shareOfTwo() {
      const [hers, his] = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: grace })];
      await one.acquire(hers, graph);
      await untilShared(1);
      const [herName = ''] = await tokenNames();
      await one.acquire(his, graph);
      await untilShared(2);
      const hisName = (await tokenNames()).find((name) => name !== herName) ?? '';
      return { his, herName, hisName };
    }

    test("one user's entry in another user's place", async () => {
      const { his, herName, hisName } = await shareOfTwo();
      await onRedis(async (client) => client.set(hisName, (await client.get(herName)) ?? ''));
      const { accessToken, source } = await two.acquire(his, graph);
      expect(decode(accessToken).oid).toBe(grace);
      expect(source).toBe('identity_provider');
      expect(rejections(two, loggedBefore)).toEqual(['not sealed for its place']);
    });

    test("one user's token sealed for another user's place with the right key", async () => {
      const { his, herName, hisName } = await shareOfTwo();
      await onRedis(async (client) => {
        const text = keys[0].open((await client.get(herName)) ?? Buffer.alloc(0), herName) ?? '';
        await client.set(hisName, keys[0].seal(text, hisName));
      });
      expect(decode((await two.acquire(his, graph)).accessToken).oid).toBe(grace);
      expect(rejections(two, loggedBefore)).toEqual(['of another user']);
    });

    test('a Redis list instead of a string', async () => {
      const token = makeAccessToken();
      await one.acquire(token, graph);
      await untilShared(1);
      await onRedis(async (client) => {
        const [name = ''] = await namesOf(id, client, 'token');
        await client.del(name);
        await client.rPush(name, 'x');
      });
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
      expect(two.state('shared_cache')).toBe('failing');
    });
  });

  describe('when the keys are rotated', () => {
    test('are found with an older key, and stored with the new one', async () => {
      const old = await start();
      const token = makeAccessToken();
      const { accessToken } = await old.acquire(token, graph);
      await untilShared(2);
      const newKey = makeRingKey();
      const rotated = await start([newKey, ...keys]);
      expect(await rotated.acquire(token, graph)).toMatchObject({ accessToken, source: 'shared_cache' });
      await untilShared(1, newKey.id);
      await rotated.acquire(token, leave);
      await untilShared(2, newKey.id);
      // An instance that is not updated yet knows the new key as well, at the end of its ring.
      const between = await start([...keys, newKey]);
      expect((await between.acquire(token, leave)).source).toBe('shared_cache');
      expect((await between.acquire(token, graph)).source).toBe('shared_cache');
    });

    test('are a miss when their key was removed', async () => {
      const old = await start();
      const token = makeAccessToken();
      await old.acquire(token, graph);
      await untilShared(2);
      const dropped = await start([makeRingKey()]);
      expect((await dropped.acquire(token, graph)).source).toBe('identity_provider');
      expect(rejections(dropped)).toEqual([]);
    });

    test('are revoked whatever key they are stored with', async () => {
      const newKey = makeRingKey();
      const before = await start([...keys, newKey]);
      const after = await start([newKey, ...keys]);
      const token = makeAccessToken();
      await before.acquire(token, graph);
      await untilShared(2);
      await after.acquire(token, leave);
      await untilShared(2, newKey.id);
      after.revoke(token.userKey);
      await expect.poll(() => before.find(token, graph), patience).toBeUndefined();
      const third = await start([...keys, newKey]);
      for (const scopes of [graph, leave])
        expect((await third.acquire(token, scopes)).source).toBe('identity_provider');
    });
  });

  describe('when a user is revoked', () => {
    test('are removed from every instance and for every assertion; other users keep theirs', async () => {
      const sessions = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: ada })];
      const other = makeAccessToken({ oid: grace });
      for (const instance of [one, two])
        for (const token of [...sessions, other]) await instance.acquire(token, graph);
      endpoint.forget();
      one.revoke(sessions[0]?.userKey ?? '');
      for (const token of sessions) {
        expect(one.find(token, graph)).toBeUndefined();
        await expect.poll(() => two.find(token, graph), patience).toBeUndefined();
      }
      expect(two.find(other, graph)).toBeDefined();
      const three = await start();
      endpoint.forget();
      for (const token of sessions)
        expect((await three.acquire(token, graph)).source).toBe('identity_provider');
      expect((await three.acquire(other, graph)).source).toBe('shared_cache');
      expect(endpoint.requests).toHaveLength(2);
    });

    test('have generations in Redis that last no longer than an assertion', async () => {
      const generations = () => onRedis((client) => namesOf(id, client, 'generation'));
      const before = await generations();
      one.revoke(makeAccessToken({ oid: crypto.randomUUID() }).userKey);
      await expect.poll(async () => (await generations()).length, patience).toBe(before.length + 1);
      const names = await generations();
      const lifetimes = await onRedis((client) => Promise.all(names.map((name) => client.pTTL(name))));
      for (const lifetime of lifetimes) {
        expect(lifetime).toBeGreaterThan(0);
        expect(lifetime).toBeLessThanOrEqual(28 * 3_600_000);
      }
    });

    test('are exchanged again once, and then shared again', async () => {
      const token = makeAccessToken();
      await one.acquire(token, graph);
      one.revoke(token.userKey);
      const { accessToken } = await one.acquire(token, graph);
      await untilShared(1);
      await expect
        .poll(async () => (await two.acquire(token, graph)).accessToken, patience)
        .toBe(accessToken);
      // The instance receives its own message, which changes nothing.
      await one.acquire(makeAccessToken(), leave);
      expect(one.find(token, graph)?.accessToken).toBe(accessToken);
      expect(endpoint.requests).toHaveLength(3);
    });

    test('do not count if their exchange began before, wherever it ends', async () => {
      const token = makeAccessToken();
      const released = Promise.withResolvers<void>();
      endpoint.behave(async (request) => {
        await released.promise;
        return issue(request);
      });
      const early = two.acquire(token, graph);
      await expect.poll(() => endpoint.requests.length, patience).toBe(1);
      one.revoke(token.userKey);
      endpoint.behave();
      const late = await one.acquire(token, graph);
      await untilShared(1);
      released.resolve();
      await early;
      const three = await start();
      const found = await three.acquire(token, graph);
      expect(found.accessToken).not.toBe((await early).accessToken);
      await expect
        .poll(async () => (await two.acquire(token, graph)).accessToken, patience)
        .not.toBe((await early).accessToken);
      expect(late.source).toBe('identity_provider');
    });

    test('do not count if Redis has lost the generation', async () => {
      const token = makeAccessToken();
      await one.acquire(token, graph);
      await untilShared(1);
      await onRedis(async (client) => client.del(await namesOf(id, client, 'generation')));
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
      expect(one.find(token, graph)).toBeDefined();
    });

    test('are not restored by a copy of their entry', async () => {
      const token = makeAccessToken();
      await one.acquire(token, graph);
      await untilShared(1);
      await onRedis(async (client) => {
        const [name = ''] = await namesOf(id, client, 'token');
        const copy = (await client.get(name)) ?? '';
        one.revoke(token.userKey);
        await expect.poll(() => two.find(token, graph), patience).toBeUndefined();
        await one.acquire(token, leave);
        await client.set(name, copy);
      });
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
    });
  });

  test('messages from others on the channel are ignored', async () => {
    const token = makeAccessToken();
    await one.acquire(token, graph);
    const message = JSON.stringify({ userKey: token.userKey, generation: 'x' });
    await onRedis(async (client) => {
      await client.publish('obo:2:revoked', message);
      await client.publish('obo:2:revoked', keys[0].seal(message, 'elsewhere'));
      await client.publish('obo:2:revoked', keys[0].seal('{"userKey":7}', 'obo:2:revoked'));
      await client.publish(
        'obo:2:revoked',
        createRingKey(id, randomBytes(32)).seal(message, 'obo:2:revoked'),
      );
    });
    await one.acquire(makeAccessToken(), leave);
    expect(one.find(token, graph)).toBeDefined();
  });

  test('are renewed by one instance, and the other one takes the renewed token without an exchange', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    endpoint.behave((request) => issue(request, { refresh_in: 1_200 }));
    const token = makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    const { accessToken } = await one.acquire(token, graph);
    await untilShared(1);
    expect(await two.acquire(token, graph)).toMatchObject({ accessToken, source: 'shared_cache' });
    const entry = () => onRedis(async (client) => client.get((await namesOf(id, client, 'token'))[0] ?? ''));
    const before = await entry();

    vi.setSystemTime(Date.now() + 1_205_000);
    expect(one.find(token, graph)?.accessToken).toBe(accessToken);
    await expect.poll(() => one.find(token, graph)?.accessToken, patience).not.toBe(accessToken);
    await expect.poll(entry, patience).not.toEqual(before);
    const renewed = one.find(token, graph)?.accessToken;
    expect(two.find(token, graph)?.accessToken).toBe(accessToken);
    await expect.poll(() => two.find(token, graph)?.accessToken, patience).toBe(renewed);
    expect(endpoint.requests).toHaveLength(2);
  });
});
