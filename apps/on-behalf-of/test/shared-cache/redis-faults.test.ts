import { makeAccessToken } from '@obo/access-token/testing';
import { createTestLogger, startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
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
import { z } from 'zod';
import type { KeyRing } from '../../src/key-ring.ts';
import { connectRedis } from '../../src/shared-cache/redis.ts';
import {
  makeKeyRing,
  namesOf,
  type OwnRedis,
  onRedis,
  redisAnswers,
  redisUrl,
  startOwnRedis,
} from '../../testing/redis.ts';
import { type Instance, startInstance } from '../instance.ts';
import { decode, startTokenEndpoint, type TokenEndpoint } from '../token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read'];
const patience = { timeout: 20_000 };

let endpoint: TokenEndpoint;
let keys: KeyRing;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
});
beforeEach(() => {
  keys = makeKeyRing();
});
afterEach(() => endpoint.forget());
afterAll(() => endpoint.close());

function start(url: string, times: { deadline?: number; circuitPause?: number } = {}): Instance {
  const { deadline = 10_000, circuitPause = 50 } = times;
  const instance = startInstance(endpoint, { sharedCache: { url, keys, deadline }, circuitPause });
  onTestFinished(() => instance.close());
  return instance;
}

/** Waits until an instance shares its tokens. */
const untilSharing = (instance: Instance) =>
  expect
    .poll(async () => {
      const token = makeAccessToken();
      await instance.acquire(token, graph);
      return [...instance.users()].at(0)?.generation !== undefined;
    }, patience)
    .toBe(true);

/** Returns from the log why the shared cache was not used, or was lost. */
const loggedReasons = ({ logs }: Instance): unknown[] =>
  logs
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'shared cache not used' || msg === 'lost connection to Redis')
    .map(({ error }) => error.reason);

/** Acquires tokens for this number of users, and checks that each user gets their own. */
async function serve(instance: Instance, count: number): Promise<void> {
  const tokens = Array.from({ length: count }, () => makeAccessToken({ oid: crypto.randomUUID() }));
  const acquired = await Promise.all(tokens.map((token) => instance.acquire(token, graph)));
  acquired.forEach(({ accessToken }, index) => {
    expect(decode(accessToken).oid).toBe(tokens[index]?.claims.oid);
  });
}

describe.skipIf(!redisAnswers)('when Redis', { timeout: 60_000 }, () => {
  let proxy: TcpFaultProxy;

  beforeEach(async () => {
    proxy = await startTcpFaultProxy(redisUrl, 6379);
  });
  afterEach(() => proxy.close());

  test.each<[string, (proxy: TcpFaultProxy) => void]>([
    ['is down', () => proxy.refuse()],
    ['does not respond', () => proxy.fallSilent()],
  ])(
    '%s at startup, every user is served, and tokens are shared as soon as it responds',
    async (_title, fail) => {
      fail(proxy);
      const instance = start(proxy.url, { deadline: 100 });
      await serve(instance, 20);
      expect(['failing', 'circuit_open']).toContain(instance.state('shared_cache'));
      proxy.recover();
      proxy.reset();
      await untilSharing(instance);
      expect(instance.state('shared_cache')).toBe('answering');
    },
  );

  test.each<[string, string, (proxy: TcpFaultProxy) => void, (proxy: TcpFaultProxy) => void]>([
    ['goes down', 'unreachable', () => proxy.refuse(), () => proxy.recover()],
    ['falls silent', 'timed_out', () => proxy.fallSilent(), () => proxy.recover()],
    ['takes a second', 'timed_out', () => proxy.delay(1_000), () => proxy.delay(0)],
  ])(
    '%s, every user is served, it is not called for a while, and then used again',
    async (_title, reason, fail, heal) => {
      const instance = start(proxy.url, { deadline: 100, circuitPause: 300 });
      await untilSharing(instance);
      const token = makeAccessToken();
      await instance.acquire(token, graph);
      endpoint.forget();

      fail(proxy);
      for (let round = 0; round < 3; round += 1) await serve(instance, 10);
      expect(instance.find(token, graph)).toBeDefined();
      expect(endpoint.requests).toHaveLength(30);
      const logged = instance.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
      expect(logged.map(({ error }) => error.reason)).toContain(reason);
      expect(logged.length).toBeLessThanOrEqual(30);

      heal(proxy);
      await untilSharing(instance);
      await serve(instance, 10);
    },
  );

  test('stops responding, no call waits for it longer than 150 ms', async () => {
    const redis = connectRedis({ url: proxy.url, logger: createTestLogger('middle-tier-api') });
    onTestFinished(() => {
      vi.useRealTimers();
      redis.close();
    });
    const look = () =>
      redis
        .run((client) => client.get('x'))
        .then(
          () => 'answered',
          ({ reason }) => reason,
        );
    await expect.poll(look, patience).toBe('answered');
    proxy.fallSilent();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const outcomes: string[] = [];
    const looked = look().then((outcome) => outcomes.push(outcome));
    await vi.advanceTimersByTimeAsync(149);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await looked;
    expect(outcomes).toEqual(['timed_out']);
  });

  test('goes down twice, the log says so twice, however often a connection fails meanwhile', async () => {
    const logs: string[] = [];
    const redis = connectRedis({ url: proxy.url, logger: createTestLogger('middle-tier-api', logs) });
    onTestFinished(() => redis.close());
    const said = () => logs.map((line) => z.object({ msg: z.string() }).parse(JSON.parse(line)).msg);
    await expect.poll(() => proxy.attempts(), patience).toBe(1);
    for (const once of [1, 2]) {
      const before = proxy.attempts();
      proxy.refuse();
      await expect.poll(() => proxy.attempts() - before, patience).toBeGreaterThanOrEqual(3);
      proxy.recover();
      const messages = Array.from({ length: once }, () => [
        'lost connection to Redis',
        'reconnected to Redis',
      ]);
      await expect.poll(said, patience).toEqual(messages.flat());
    }
  });

  test('is not called for a while, a revocation reaches the other instances as soon as it is, and is logged once', async () => {
    const near = start(redisUrl);
    const far = start(proxy.url, { deadline: 100, circuitPause: 1_500 });
    await Promise.all([untilSharing(near), untilSharing(far)]);
    const token = makeAccessToken();
    for (const instance of [near, far]) await instance.acquire(token, graph);
    // Too late for every command, but not for the ping that finds lost connections.
    proxy.delay(400);
    await expect
      .poll(async () => {
        await serve(far, 5);
        return far.state('shared_cache');
      }, patience)
      .toBe('circuit_open');
    far.revoke(token.userKey);
    proxy.delay(0);
    expect(far.find(token, graph)).toBeUndefined();
    expect(near.find(token, graph)).toBeDefined();
    await expect.poll(() => near.find(token, graph), patience).toBeUndefined();
    expect(far.logs.filter((line) => line.includes('revocation not sent'))).toHaveLength(1);
  });

  test('closes every connection from time to time, no call fails', async () => {
    const instance = start(proxy.url);
    await untilSharing(instance);
    for (let round = 0; round < 10; round += 1) {
      const served = serve(instance, 5);
      proxy.reset();
      await served;
    }
    await untilSharing(instance);
  });

  test('was unreachable for an instance, the instance catches up on revocations, and keeps the other tokens', async () => {
    const near = start(redisUrl);
    const far = start(proxy.url);
    await Promise.all([untilSharing(near), untilSharing(far)]);
    const [forgotten, other] = [makeAccessToken(), makeAccessToken({ oid: crypto.randomUUID() })];
    for (const instance of [near, far])
      for (const token of [forgotten, other]) await instance.acquire(token, graph);
    proxy.refuse();
    await expect.poll(() => far.state('shared_cache'), patience).not.toBe('circuit_open');
    near.revoke(forgotten.userKey);
    expect(far.find(forgotten, graph)).toBeDefined();
    proxy.recover();
    await expect.poll(() => far.find(forgotten, graph), patience).toBeUndefined();
    expect(far.find(other, graph)).toBeDefined();
  });

  test('was unreachable for an instance, its revocations reach all instances afterwards', async () => {
    const near = start(redisUrl);
    const far = start(proxy.url);
    await Promise.all([untilSharing(near), untilSharing(far)]);
    const token = makeAccessToken();
    const { accessToken } = await near.acquire(token, graph);
    await far.acquire(token, graph);
    proxy.refuse();
    far.revoke(token.userKey);
    expect(far.find(token, graph)).toBeUndefined();
    const anew = await far.acquire(token, graph);
    expect(anew).toMatchObject({ source: 'identity_provider' });
    expect(anew.accessToken).not.toBe(accessToken);
    proxy.recover();
    await expect.poll(() => near.find(token, graph), patience).toBeUndefined();
    expect((await near.acquire(token, graph)).accessToken).not.toBe(accessToken);
  });

  test('holds tokens that an instance revoked while it was unreachable, the instance does not use them', async () => {
    const far = start(proxy.url);
    await untilSharing(far);
    const token = makeAccessToken();
    const { accessToken } = await far.acquire(token, graph);
    proxy.refuse();
    far.revoke(token.userKey);
    proxy.recover();
    await expect
      .poll(async () => {
        const again = await far.acquire(token, graph);
        expect(again.accessToken).not.toBe(accessToken);
        return [...far.users()].find(({ userKey }) => userKey === token.userKey)?.generation;
      }, patience)
      .toBeDefined();
  });
});

describe('a Redis server that', { timeout: 60_000 }, () => {
  async function startWithOwnRedis() {
    const redis = await startOwnRedis();
    if (!redis) return undefined;
    const instance = start(redis.url);
    await untilSharing(instance);
    return { redis, instance };
  }

  test('is full returns what it has, stores nothing new, and accepts revocations', async ({ skip }) => {
    const { redis, instance } = (await startWithOwnRedis()) ?? skip();
    const other = start(redis.url);
    await untilSharing(other);
    const shared = () => onRedis((client) => namesOf(keys[0].id, client, 'token'), redis.url);
    await expect.poll(shared, patience).toHaveLength(2);
    const [known, forgotten] = [makeAccessToken(), makeAccessToken({ oid: crypto.randomUUID() })];
    const { accessToken } = await instance.acquire(known, graph);
    await instance.acquire(forgotten, graph);
    await expect.poll(shared, patience).toHaveLength(4);
    await onRedis((client) => client.configSet('maxmemory', '1'), redis.url);
    expect(await other.acquire(known, graph)).toMatchObject({ accessToken, source: 'shared_cache' });
    await serve(other, 5);
    await expect.poll(() => other.logs.join('\n'), patience).toContain('"code":"OOM"');
    await expect.poll(() => other.state('shared_cache'), patience).toBe('failing');

    other.revoke(forgotten.userKey);
    await expect.poll(() => instance.find(forgotten, graph), patience).toBeUndefined();
    expect((await other.acquire(forgotten, graph)).source).toBe('identity_provider');
    await onRedis((client) => client.configSet('maxmemory', '0'), redis.url);
    await untilSharing(other);
  });

  test('is read-only, as a replica is after a failover, fails no call and restores no revoked token', async ({
    skip,
  }) => {
    const { redis, instance } = (await startWithOwnRedis()) ?? skip();
    const token = makeAccessToken();
    const { accessToken } = await instance.acquire(token, graph);
    const shared = () => onRedis((client) => namesOf(keys[0].id, client, 'token'), redis.url);
    await expect.poll(shared, patience).toHaveLength(2);
    await onRedis((client) => client.sendCommand(['REPLICAOF', '127.0.0.1', '1']), redis.url);
    instance.revoke(token.userKey);
    expect((await instance.acquire(token, graph)).accessToken).not.toBe(accessToken);
    await serve(instance, 20);
    expect(instance.logs.join('\n')).toContain('"code":"READONLY"');
    await onRedis((client) => client.sendCommand(['REPLICAOF', 'NO', 'ONE']), redis.url);
    await untilSharing(instance);
  });

  test('requires a password that is not configured fails no call', async ({ skip }) => {
    const { redis } = (await startWithOwnRedis()) ?? skip();
    await onRedis((client) => client.configSet('requirepass', 'another'), redis.url);
    const instance = start(redis.url, { deadline: 100 });
    await serve(instance, 20);
    expect(['failing', 'circuit_open']).toContain(instance.state('shared_cache'));
  });

  test('was restarted without its data does not invalidate tokens in memory', async ({ skip }) => {
    const { redis, instance } = (await startWithOwnRedis()) ?? skip();
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    await redis.restart();
    await untilSharing(instance);
    expect(instance.find(token, graph)).toBeDefined();
    await serve(instance, 10);
  });

  test.for<[string, (redis: OwnRedis) => Promise<void>, (redis: OwnRedis) => Promise<void>]>([
    [
      'by its machine (SIGSTOP)',
      async (redis) => redis.signal('SIGSTOP'),
      async (redis) => redis.signal('SIGCONT'),
    ],
    [
      'by a command (CLIENT PAUSE)',
      async ({ url }) =>
        void (await onRedis((client) => client.sendCommand(['CLIENT', 'PAUSE', '2500']), url)),
      // A paused server accepts no commands. The pause ends without one.
      async () => {},
    ],
  ])(
    'is frozen %s fails no call, is reported, and is used again when it continues',
    async ([_title, freeze, thaw], { skip }) => {
      const redis = (await startOwnRedis()) ?? skip();
      const instance = start(redis.url, { deadline: 100, circuitPause: 300 });
      await untilSharing(instance);
      endpoint.forget();
      await freeze(redis);
      for (let round = 0; round < 3; round += 1) await serve(instance, 10);
      expect(endpoint.requests).toHaveLength(30);
      expect(['failing', 'circuit_open']).toContain(instance.state('shared_cache'));
      expect(loggedReasons(instance)).toContain('timed_out');
      await thaw(redis);
      await untilSharing(instance);
      expect(instance.state('shared_cache')).toBe('answering');
    },
  );
});
