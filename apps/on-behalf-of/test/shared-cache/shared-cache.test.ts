import { randomBytes } from 'node:crypto';
import { makeAccessToken } from '@obo/access-token/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createCacheKey, type KeyRing } from '../../src/shared-cache/key-ring.ts';
import { makeCacheKey, makeKeyRing, namesOf, onRedis, redisAnswers, redisUrl } from '../../testing/redis.ts';
import { type Instance, startInstance } from '../instance.ts';
import { decode, issue, refuse, startTokenEndpoint, type TokenEndpoint } from '../token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'];
const leave = ['api://leave/Leave.Read'];
const ada = '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13';
const grace = '8b2f6d14-7c3e-4a95-b0d8-1e9f5a7c3b26';

describe.skipIf(!redisAnswers)('tokens that instances share', () => {
  let endpoint: TokenEndpoint;
  let keys: KeyRing;
  let id: string;

  beforeAll(async () => {
    endpoint = await startTokenEndpoint();
  });
  beforeEach(() => {
    keys = makeKeyRing();
    [{ id }] = keys;
  });
  afterEach(() => {
    endpoint.forget();
    endpoint.behave();
  });
  afterAll(() => endpoint.close());

  const patience = { timeout: 10_000 };

  /** Starts an instance, and waits until it shares what it gets: one token by now. */
  async function start(ring = keys): Promise<Instance> {
    const instance = startInstance(endpoint, {
      sharedCache: { url: redisUrl, keys: ring, deadline: 10_000 },
    });
    onTestFinished(() => instance.close());
    const shares = async () => {
      await instance.acquire(makeAccessToken(), graph);
      return [...instance.users()].some(({ generation }) => generation !== undefined);
    };
    await expect.poll(shares, patience).toBe(true);
    endpoint.forget();
    return instance;
  }

  const tokenNames = (ofKey = id) => onRedis((client) => namesOf(ofKey, client, 'token'));
  /** Waits until an instance has put so many tokens there. */
  const untilShared = (count: number, ofKey = id) =>
    expect.poll(() => tokenNames(ofKey), patience).toHaveLength(count);
  /** Removes what `start` has put there. */
  const clear = () =>
    onRedis(async (client) => void (await client.del((await namesOf(id, client, 'token')).concat('x'))));
  const refusals = ({ logs }: Instance): string[] =>
    logs
      .map((line) => JSON.parse(line))
      .flatMap(({ msg, reason }) => (msg === 'shared token rejected' ? [reason] : []));

  async function startTwo(): Promise<[Instance, Instance]> {
    const instances = await Promise.all([start(), start()]);
    await untilShared(2);
    await clear();
    return instances;
  }

  test('are got by one and used by the other', async () => {
    const [one, two] = await startTwo();
    const token = makeAccessToken();
    const [first] = await Promise.all([one.acquire(token, graph), one.acquire(token, leave)]);
    await untilShared(2);
    const second = await two.acquire(token, graph);
    expect(second).toEqual({ accessToken: first.accessToken, source: 'shared_cache' });
    expect((await two.acquire(token, leave)).source).toBe('shared_cache');
    expect((await two.acquire(token, graph)).source).toBe('cache');
    expect(endpoint.requests).toHaveLength(2);
  });

  test('that are got at the same moment displace none of each other', async () => {
    const [one, two] = await startTwo();
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

  test('are of one person, one assertion and one set of scopes', async () => {
    const [one, two] = await startTwo();
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

  test('stand in Redis unreadable, without what nobody needs, and no longer than they live', async () => {
    const [one] = await startTwo();
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

  test('end with their assertion', async () => {
    const [one] = await startTwo();
    await one.acquire(makeAccessToken({ exp: Math.floor(Date.now() / 1000) + 300 }), graph);
    await untilShared(1);
    await onRedis(async (client) => {
      const [name = ''] = await namesOf(id, client, 'token');
      expect(await client.pTTL(name)).toBeLessThanOrEqual(300_000);
    });
  });

  test.each([
    ['for somebody else', (request) => issue({ ...request, oid: grace })],
    ['of a person in another tenant', (request) => issue({ ...request, tid: grace })],
  ] satisfies [string, Parameters<TokenEndpoint['behave']>[0]][])(
    'that turn out to be %s are not shared',
    async (_title, behaviour) => {
      const [one, two] = await startTwo();
      endpoint.behave(behaviour);
      const token = makeAccessToken({ oid: ada });
      await expect(one.acquire(token, graph)).rejects.toMatchObject({ code: 'token_exchange_failed' });
      endpoint.behave();
      expect((await two.acquire(token, leave)).source).toBe('identity_provider');
      await untilShared(1);
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
    },
  );

  test('that cannot be had are not remembered by anybody', async () => {
    const [one, two] = await startTwo();
    const token = makeAccessToken();
    endpoint.behave(() => refuse(65001, 'invalid_grant', { suberror: 'consent_required' }));
    await expect(one.acquire(token, graph)).rejects.toMatchObject({ code: 'consent_required' });
    endpoint.behave();
    expect((await two.acquire(token, graph)).source).toBe('identity_provider');
  });

  test('that a resource refused are not taken from the other instance either', async () => {
    const [one, two] = await startTwo();
    const token = makeAccessToken();
    const { accessToken: refused } = await one.acquire(token, graph);
    await untilShared(1);
    await two.acquire(token, graph);
    const others = await Promise.all(Array.from({ length: 10 }, () => two.acquire(token, graph, refused)));
    expect(new Set(others.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(others[0]).toMatchObject({ source: 'identity_provider' });
    expect(others[0]?.accessToken).not.toBe(refused);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('that a resource refused are got anew by who joined an exchange that found them', async () => {
    const [one, two] = await startTwo();
    const token = makeAccessToken();
    const { accessToken: refused } = await one.acquire(token, graph);
    await untilShared(1);
    const [found, other] = await Promise.all([two.acquire(token, graph), two.acquire(token, graph, refused)]);
    expect(found).toEqual({ accessToken: refused, source: 'shared_cache' });
    expect(other.accessToken).not.toBe(refused);
  });

  describe('and that somebody tampered with are a miss:', () => {
    test.each<[string, string[], (sealed: Buffer, name: string) => Buffer | string]>([
      [
        'a changed bit',
        ['not sealed for its place'],
        (sealed) => Buffer.from(sealed.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
      ],
      ['half of it', ['not sealed for its place'], (sealed) => sealed.subarray(0, sealed.length / 2)],
      ['nothing', ['not sealed for its place'], () => ''],
      ['one byte', ['not sealed for its place'], () => 'x'],
      ['text', ['not sealed for its place'], () => '{"AccessToken":{}}'],
      [
        'sealed with another key',
        ['not sealed for its place'],
        (_sealed, name) => createCacheKey('1', randomBytes(32)).seal('{}', name),
      ],
      ['no JSON', ['malformed'], (_sealed, name) => keys[0].seal('AccessToken', name)],
      ['null', ['malformed'], (_sealed, name) => keys[0].seal('null', name)],
      ['a list', ['malformed'], (_sealed, name) => keys[0].seal('[]', name)],
      ['nothing that is expected', ['malformed'], (_sealed, name) => keys[0].seal('{}', name)],
      [
        'what MSAL would choke on',
        ['malformed'],
        (_sealed, name) =>
          keys[0].seal('{"userKey":"x","generation":"y","accessToken":"z","expiresAt":"soon"}', name),
      ],
    ])('%s', async (_title, reasons, tamper) => {
      const [one, two] = await startTwo();
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
      expect(refusals(two)).toEqual(reasons);
      // Its place is taken by the token that was got instead.
      const three = await start();
      expect(await three.acquire(token, graph)).toEqual({
        accessToken: other.accessToken,
        source: 'shared_cache',
      });
    });

    /** Two people's tokens, shared by one instance, and where they are. */
    async function shareOfTwo() {
      const [one, two] = await startTwo();
      const [hers, his] = [makeAccessToken({ oid: ada }), makeAccessToken({ oid: grace })];
      await one.acquire(hers, graph);
      await untilShared(1);
      const [herName = ''] = await tokenNames();
      await one.acquire(his, graph);
      await untilShared(2);
      const hisName = (await tokenNames()).find((name) => name !== herName) ?? '';
      return { two, his, herName, hisName };
    }

    test("one person's put into another's place", async () => {
      const { two, his, herName, hisName } = await shareOfTwo();
      await onRedis(async (client) => client.set(hisName, (await client.get(herName)) ?? ''));
      const { accessToken, source } = await two.acquire(his, graph);
      expect(decode(accessToken).oid).toBe(grace);
      expect(source).toBe('identity_provider');
      expect(refusals(two)).toEqual(['not sealed for its place']);
    });

    test("one person's sealed for another's place by who has the keys", async () => {
      const { two, his, herName, hisName } = await shareOfTwo();
      await onRedis(async (client) => {
        const text = keys[0].open((await client.get(herName)) ?? Buffer.alloc(0), herName) ?? '';
        await client.set(hisName, keys[0].seal(text, hisName));
      });
      expect(decode((await two.acquire(his, graph)).accessToken).oid).toBe(grace);
      expect(refusals(two)).toEqual(['of another user']);
    });

    test('of another type than was put there', async () => {
      const [one, two] = await startTwo();
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
    test('are found with an older key, and are kept with the new one', async () => {
      const old = await start();
      const token = makeAccessToken();
      const { accessToken } = await old.acquire(token, graph);
      await untilShared(2);
      const newKey = makeCacheKey();
      const rotated = await start([newKey, ...keys]);
      expect(await rotated.acquire(token, graph)).toEqual({ accessToken, source: 'shared_cache' });
      await untilShared(1, newKey.id);
      await rotated.acquire(token, leave);
      await untilShared(2, newKey.id);
      // The older instance has been told of the new key before, at the end of its ring.
      const between = await start([...keys, newKey]);
      expect((await between.acquire(token, leave)).source).toBe('shared_cache');
      expect((await between.acquire(token, graph)).source).toBe('shared_cache');
    });

    test('are a miss with a key that was dropped', async () => {
      const old = await start();
      const token = makeAccessToken();
      await old.acquire(token, graph);
      await untilShared(2);
      const dropped = await start([makeCacheKey()]);
      expect((await dropped.acquire(token, graph)).source).toBe('identity_provider');
      expect(refusals(dropped)).toEqual([]);
    });

    test('are forgotten whatever key they are kept with', async () => {
      const newKey = makeCacheKey();
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

  describe('of a person who is forgotten', () => {
    test('are gone from every instance, and from all sessions; other people keep theirs', async () => {
      const [one, two] = await startTwo();
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

    test('are got anew once, and are then shared again', async () => {
      const [one, two] = await startTwo();
      const token = makeAccessToken();
      await one.acquire(token, graph);
      one.revoke(token.userKey);
      const { accessToken } = await one.acquire(token, graph);
      await untilShared(1);
      await expect
        .poll(async () => (await two.acquire(token, graph)).accessToken, patience)
        .toBe(accessToken);
      // What the instance itself said of it comes back to it, and changes nothing.
      await one.acquire(makeAccessToken(), leave);
      expect(one.find(token, graph)?.accessToken).toBe(accessToken);
      expect(endpoint.requests).toHaveLength(3);
    });

    test('are worthless if their exchange began before, wherever it ends', async () => {
      const [one, two] = await startTwo();
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

    test('are worthless when Redis has lost the era', async () => {
      const [one, two] = await startTwo();
      const token = makeAccessToken();
      await one.acquire(token, graph);
      await untilShared(1);
      await onRedis(async (client) => client.del(await namesOf(id, client, 'generation')));
      expect((await two.acquire(token, graph)).source).toBe('identity_provider');
      expect(one.find(token, graph)).toBeDefined();
    });

    test('are not brought back by a copy of what stood in Redis', async () => {
      const [one, two] = await startTwo();
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

  test('what anybody else says on the channel is not listened to', async () => {
    const [one] = await startTwo();
    const token = makeAccessToken();
    await one.acquire(token, graph);
    const message = JSON.stringify({ userKey: token.userKey, generation: 'x' });
    await onRedis(async (client) => {
      await client.publish('obo:2:revoked', message);
      await client.publish('obo:2:revoked', keys[0].seal(message, 'elsewhere'));
      await client.publish('obo:2:revoked', keys[0].seal('{"userKey":7}', 'obo:2:revoked'));
      await client.publish(
        'obo:2:revoked',
        createCacheKey(id, randomBytes(32)).seal(message, 'obo:2:revoked'),
      );
    });
    await one.acquire(makeAccessToken(), leave);
    expect(one.find(token, graph)).toBeDefined();
  });
});
