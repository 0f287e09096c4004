import { randomBytes, randomUUID } from 'node:crypto';
import { users } from '@obo/local-tenant';
import { namesOf, onRedis, redisAnswers, redisUrl } from '@obo/on-behalf-of/testing';
import { startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';
import { startRoundRobinProxy } from '../chain/round-robin-proxy.ts';

const priya = 'priya.raman@contoso.example';
const patience = { timeout: 20_000 };

/** A part of Redis for the instances of one test. */
interface SharedTokens {
  /** Variables for the middle tier. */
  environment: { REDIS_URL: string; TOKEN_CACHE_KEYS: string };
  /** Counts the tokens in it. */
  count(): Promise<number>;
  remove(): Promise<void>;
}

/** Creates a part that has its own key. */
function shareTokens(url = redisUrl): SharedTokens {
  const id = randomUUID().slice(0, 18);
  const names = (kind: string) => onRedis((client) => namesOf(id, client, kind));
  return {
    environment: {
      REDIS_URL: url,
      TOKEN_CACHE_KEYS: `${id}:${randomBytes(32).toString('base64')}`,
    },
    count: async () => (await names('token')).length,
    async remove() {
      const all = await names('*');
      if (all.length > 0) await onRedis((client) => client.del(all));
    },
  };
}

async function overview(url: string, token: string) {
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return {
    status: response.status,
    timing: response.headers.get('server-timing') ?? '',
    body: await response.json(),
  };
}

describe.skipIf(!redisAnswers)('two instances of the middle tier', { timeout: 60_000 }, () => {
  let chain: Chain;
  let shared: SharedTokens;
  const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0' };

  beforeAll(async () => {
    shared = shareTokens();
    chain = await startChain({ environment: { ...shared.environment, ...unlimited } });
  });
  afterAll(async () => {
    await chain.close();
    await shared.remove();
  });

  const exchanges = () => chain.tenant.requests.on_behalf_of;

  async function start() {
    const instance = await startMiddleTierProcess({ ...chain.environments.middleTierApi, PORT: '0' });
    onTestFinished(async () => {
      instance.signal('SIGKILL');
      await instance.ended;
    });
    return instance;
  }

  test('behind a proxy lose no request and need no new token when one of them is killed under load', async () => {
    const instances = await Promise.all([start(), start()]);
    const names = users.filter(({ accountEnabled }) => accountEnabled).map((one) => one.userPrincipalName);
    const tokens = await Promise.all(names.map((name) => chain.accessTokenOf(name)));
    for (const { url } of instances)
      for (const token of tokens) expect((await overview(url, token)).status).toBe(200);
    const before = exchanges();

    const proxy = await startRoundRobinProxy(instances.map(({ url }) => url));
    onTestFinished(() => proxy.close());
    let answered = 0;
    const load = async (): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        for (const token of tokens) {
          const { status, body } = await overview(proxy.url, token);
          expect(status).toBe(200);
          expect(body).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
          answered += 1;
        }
      }
    };
    const loads = Promise.all(Array.from({ length: 6 }, load));
    await expect.poll(() => answered, patience).toBeGreaterThan(60);
    instances[0]?.signal('SIGKILL');
    await instances[0]?.ended;
    const whenKilled = answered;
    await loads;
    expect(whenKilled).toBeLessThan(answered);
    expect(answered).toBe(6 * 15 * tokens.length);
    expect(proxy.retried()).toBeGreaterThan(0);
    expect(exchanges() - before).toBe(0);
  });

  test('share exchanged tokens: a user served by one instance needs no exchange on the other', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const amara = await chain.accessTokenOf('amara.okafor@contoso.example');
    const sharing = async (url: string): Promise<boolean> => {
      await overview(url, amara);
      const { dependencies } = await (await fetch(`${url}/readyz`)).json();
      return dependencies.shared_cache === 'answering';
    };
    for (const { url } of [one, two]) await expect.poll(() => sharing(url), patience).toBe(true);
    // On a busy machine Redis may miss its deadline, which counts as a cache miss.
    await expect
      .poll(async () => {
        const token = await chain.accessTokenOf(priya);
        const known = await shared.count();
        const first = await overview(one.url, token);
        expect(first.timing).toMatch(/graph_token;dur=[\d.]+;desc="identity_provider"/);
        await expect.poll(shared.count, patience).toBe(known + 2);
        return (await overview(two.url, token)).timing;
      }, patience)
      .toMatch(/graph_token;dur=[\d.]+;desc="shared_cache".*downstream_token;dur=[\d.]+;desc="shared_cache"/);
  });

  test.each([
    ['Graph, by a claims challenge', { hasTokens: true, answer: 200 }],
    ['the identity provider, by a rejection', { hasTokens: false, answer: 401 }],
  ])(
    'all forget the tokens and the validated token of a user when one of them learns of the revocation from %s',
    async (_title, { hasTokens, answer }) => {
      const [informed, other] = await Promise.all([start(), start()]);
      onTestFinished(() => chain.reset());
      const token = await chain.accessTokenOf(priya);
      /** The downstream API accepts a token until it expires, so this shows whether the other instance still has one. */
      const cancelByOther = async () => {
        const response = await fetch(`${other.url}/api/leave-requests/${crypto.randomUUID()}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        });
        const timing = response.headers.get('server-timing') ?? '';
        return {
          status: response.status,
          isRemembered: /validate_token;dur=[\d.]+;desc="cache"/.test(timing),
        };
      };
      expect((await cancelByOther()).status).toBe(404);
      if (hasTokens) expect((await overview(informed.url, token)).status).toBe(200);

      const { id } = chain.tenant.directory.findUser(priya) ?? { id: '' };
      chain.tenant.directory.state.revocations[id] = {
        signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString(),
      };
      expect(await cancelByOther()).toEqual({ status: 404, isRemembered: true });
      const { status, body } = await overview(informed.url, token);
      expect(status).toBe(answer);
      if (hasTokens)
        expect(body).toMatchObject({
          profile: { state: 'action_required', challenge: { kind: 'claims' } },
        });
      await expect.poll(cancelByOther, patience).toEqual({ status: 401, isRemembered: false });
    },
  );
});

describe.skipIf(!redisAnswers)('when Redis does not answer', () => {
  let chain: Chain;
  let shared: SharedTokens;
  let proxy: TcpFaultProxy;

  beforeAll(async () => {
    proxy = await startTcpFaultProxy(redisUrl, 6379);
    shared = shareTokens(proxy.url);
    chain = await startChain({ environment: shared.environment });
  });
  afterAll(async () => {
    await chain.close();
    await proxy.close();
    await shared.remove();
  });

  const readiness = async () => {
    const response = await fetch(`${chain.middleTierUrl}/readyz`);
    return { status: response.status, body: await response.json() };
  };

  test('the middle tier stays ready, reports it, serves all users, and reconnects by itself', async () => {
    proxy.refuse();
    expect((await overview(chain.middleTierUrl, await chain.accessTokenOf(priya))).status).toBe(200);
    expect(await readiness()).toMatchObject({
      status: 200,
      body: { status: 'ready', dependencies: { shared_cache: 'failing' } },
    });
    proxy.recover();
    await expect
      .poll(async () => {
        await overview(chain.middleTierUrl, await chain.accessTokenOf(priya));
        return readiness();
      }, patience)
      .toMatchObject({ status: 200, body: { dependencies: { shared_cache: 'answering' } } });
  });
});
