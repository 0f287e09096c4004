import { randomBytes, randomUUID } from 'node:crypto';
import { namesOf, onRedis, redisAnswers, redisUrl } from '@obo/on-behalf-of/testing';
import { startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BffChain, type BffInstance, startBffChain, startBffInstance } from '../../chain/bff.ts';
import { type Browser, openBrowser, openSignedIn, priya } from './browser.ts';

const patience = { timeout: 20_000 };
const hour = 3_600_000;

describe.skipIf(!redisAnswers)('two instances of the backend for frontend that share Redis', () => {
  const keyId = randomUUID().slice(0, 18);
  let proxy: TcpFaultProxy;
  let chain: BffChain;
  let second: BffInstance;

  const entries = (kind: string) => onRedis((client) => namesOf(keyId, client, kind));
  const removeEntries = async () => {
    const names = await entries('*');
    if (names.length > 0) await onRedis((client) => client.del(names));
  };

  beforeAll(async () => {
    proxy = await startTcpFaultProxy(redisUrl, 6379);
    const variables = {
      REDIS_URL: proxy.url,
      TOKEN_CACHE_KEYS: `${keyId}:${randomBytes(32).toString('base64')}`,
      MAX_SESSIONS: '3',
      RATE_LIMIT_PER_ADDRESS: '0',
    };
    chain = await startBffChain('.', variables);
    second = await startBffInstance({ ...chain.environments.bff, SPA_DIRECTORY: '.', ...variables });
  });
  afterAll(async () => {
    await second.close();
    await chain.close();
    await proxy.close();
    await removeEntries();
  });
  beforeEach(async () => {
    await chain.reset();
    // The first time, they are still connecting.
    for (const { url } of [{ url: chain.bffUrl }, second]) {
      const { request } = openBrowser({ bffUrl: url });
      await expect.poll(async () => (await request('/sign-in')).status, patience).toBe(302);
    }
    await removeEntries();
  });

  /** Opens the same browser, with requests that a proxy sends to the second instance. */
  function onSecond({ cookies, user }: Browser): Browser {
    const other = openBrowser({ bffUrl: second.url }, cookies);
    other.user = user;
    return other;
  }

  test('serve the same session, whichever of them the user signed in at', async () => {
    const browser = await openSignedIn(chain);
    expect((await onSecond(browser).readSession()).account?.username).toBe(priya);
    expect((await onSecond(browser).request('/api/overview')).status).toBe(200);
  });

  test('complete a sign-in that began at the other one', async () => {
    const browser = openBrowser(chain);
    const leaving = await browser.request('/sign-in?return_to=/leave/new');
    const back = await onSecond(browser).comeBack(leaving);
    expect(back.headers.get('location')).toBe('/leave/new');
    expect(await browser.readSession()).toMatchObject({
      account: { username: priya },
      outcome: { succeeded: true },
    });
  });

  test('end a session that is signed out at the other one', async () => {
    const browser = await openSignedIn(chain);
    const stolen = onSecond({ ...browser, cookies: new Map(browser.cookies) });
    expect((await stolen.request('/api/overview')).status).toBe(200);
    expect((await browser.request('/session/end', { method: 'POST' })).status).toBe(200);
    expect((await stolen.request('/api/overview')).status).toBe(401);
    expect(await entries('session')).toEqual([]);
  });

  test('end the sessions of a sign-in that the identity provider ends at the other one', async () => {
    const [browser, other] = [await openSignedIn(chain), await openSignedIn(chain)];
    expect((await fetch(`${second.url}/front-channel-sign-out?sid=${browser.sid}`)).status).toBe(200);
    expect((await browser.readSession()).account).toBeNull();
    expect((await other.readSession()).account).not.toBeNull();
  });

  test('renew the token of a session at the same time without losing it', async () => {
    const browser = await openSignedIn(chain);
    const before = chain.tenant.requests.refresh_token;
    const renewals = await Promise.all(
      [browser, browser, onSecond(browser), onSecond(browser)].map((each) =>
        each.request('/session/renewal', { method: 'POST' }),
      ),
    );
    expect(renewals.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(chain.tenant.requests.refresh_token - before, 'one by each at most').toBeLessThanOrEqual(2);
    for (const each of [browser, onSecond(browser)])
      expect((await each.request('/api/overview')).status).toBe(200);
  });

  test('do not bring a session back that ended while its token was renewed', async () => {
    const browser = await openSignedIn(chain);
    const [, ended] = await Promise.all([
      browser.request('/session/renewal', { method: 'POST' }),
      onSecond(browser).request('/session/end', { method: 'POST' }),
    ]);
    expect(ended.status).toBe(200);
    expect(await entries('session')).toEqual([]);
  });

  test('keep at most so many sessions together: the one that was not used for longest ends', async () => {
    const first = await openSignedIn(chain);
    const others = [await openSignedIn(chain), await openSignedIn(chain)];
    await onSecond(first).readSession();
    const last = await openSignedIn(chain);
    const accounts = await Promise.all(
      [first, ...others, last].map(async (browser) => (await browser.readSession()).account?.username),
    );
    expect(accounts).toEqual([priya, undefined, priya, priya]);
    expect(await entries('session')).toHaveLength(3);
  });

  test('store sessions encrypted, and until they expire', async () => {
    const { cookies } = await openSignedIn(chain);
    const names = await entries('*');
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      const lifetime = await onRedis((client) => client.pTTL(name));
      expect(lifetime).toBeGreaterThan(0);
      expect(lifetime).toBeLessThanOrEqual(12 * hour);
    }
    const [session = ''] = await entries('session');
    const { lifetime, stored } = await onRedis(async (client) => ({
      lifetime: await client.pTTL(session),
      stored: `${await client.get(session)}`,
    }));
    expect(lifetime).toBeLessThanOrEqual(hour);
    expect(stored.length).toBeGreaterThan(1_000);
    expect(names.join() + stored).not.toMatch(/eyJ|priya/i);
    expect(names.join() + stored).not.toContain(cookies.get('__Host-session'));
  });

  test('take no session from a value that was changed, moved or made up, and remove it', async () => {
    const [browser, other] = [await openSignedIn(chain), await openSignedIn(chain)];
    const names = await entries('session');
    const [one = '', two = ''] = names;
    const values = await onRedis((client) => Promise.all(names.map((name) => client.get(name))));
    const [valueOfOne, valueOfTwo] = values.map((value) => Buffer.from(value ?? ''));
    const changed = Buffer.from(valueOfOne ?? '');
    changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
    for (const [forOne, forTwo] of [
      [changed, Buffer.from('{"tokens":{}}')],
      [valueOfTwo, valueOfOne],
    ]) {
      await onRedis(async (client) => {
        await client.set(one, forOne ?? '');
        await client.set(two, forTwo ?? '');
      });
      for (const each of [browser, onSecond(other)]) expect((await each.readSession()).account).toBeNull();
      expect(await entries('session')).toEqual([]);
    }
  });

  test('answer 503 while Redis is silent, and serve the session again without a restart', async () => {
    const browser = await openSignedIn(chain);
    proxy.fallSilent();
    for (const [path, method] of [
      ['/session', 'GET'],
      ['/api/overview', 'GET'],
      ['/session/end', 'POST'],
      ['/sign-in', 'GET'],
      ['/front-channel-sign-out?sid=x', 'GET'],
    ] as const) {
      const response = await browser.request(path, { method });
      expect(response.headers.get('retry-after')).toMatch(/^\d$/);
      expect([path, response.status, (await response.json()).code]).toEqual([
        path,
        503,
        'sessions_unavailable',
      ]);
    }
    const ready = await (await browser.request('/readyz')).json();
    expect(ready).toMatchObject({ dependencies: { sessions: 'failing' } });

    proxy.recover();
    await expect.poll(async () => (await browser.request('/session')).status, patience).toBe(200);
    expect((await browser.readSession()).account?.username).toBe(priya);
  });
});
