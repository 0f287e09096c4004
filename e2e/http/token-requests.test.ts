import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';

const priya = 'priya.raman@contoso.example';
const lukasz = 'lukasz.dabrowski@contoso.example';
const patience = { timeout: 10_000 };

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
beforeEach(() => chain.renewMiddleTier());
afterEach(async () => {
  vi.useRealTimers();
  await chain.reset();
});
afterAll(() => chain.close());

async function overview(token: string): Promise<{ mail: unknown; sources: (string | undefined)[] }> {
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const { profile, leave } = await response.json();
  expect([profile.state, leave.state]).toEqual(['ok', 'ok']);
  const timing = response.headers.get('server-timing') ?? '';
  const sourceOf = (hop: string) => new RegExp(`${hop}_token;dur=[\\d.]+;desc="(\\w+)"`).exec(timing)?.[1];
  return { mail: profile.data.mail, sources: [sourceOf('graph'), sourceOf('downstream')] };
}

/** How many exchanges the tenant was asked for meanwhile. */
async function exchangesDuring(work: () => Promise<unknown>): Promise<number> {
  const before = chain.tenant.requests.on_behalf_of;
  await work();
  return chain.tenant.requests.on_behalf_of - before;
}

const repeat = <Result>(count: number, action: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, action));

test('50 overviews of one person at once make two exchanges, and the next overview none', async () => {
  const token = await chain.accessTokenOf(priya);
  const cold = () => repeat(50, () => overview(token));
  expect(await exchangesDuring(cold)).toBe(2);
  expect(await exchangesDuring(() => overview(token))).toBe(0);
});

test('20 overviews of two sessions of one person in turn make four exchanges', async () => {
  const sessions = [await chain.accessTokenOf(priya), await chain.accessTokenOf(priya)];
  const inTurn = async () => {
    for (let call = 0; call < 20; call += 1) await overview(sessions[call % 2] ?? '');
  };
  expect(await exchangesDuring(inTurn)).toBe(4);
});

test('50 overviews of two people at once make four exchanges, and show each their own profile', async () => {
  const [hers, his] = await Promise.all([chain.accessTokenOf(priya), chain.accessTokenOf(lukasz)]);
  const cold = () =>
    repeat(25, async () => {
      const [she, he] = await Promise.all([overview(hers), overview(his)]);
      expect([she.mail, he.mail]).toEqual([priya, lukasz]);
    });
  expect(await exchangesDuring(cold)).toBe(4);
});

test('when the tenant wants its tokens renewed, an overview is answered from the cache, and two are renewed behind it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  chain.tenant.lifetimes.renewal = 600;
  const token = await chain.accessTokenOf(priya);
  await overview(token);
  expect(await exchangesDuring(() => repeat(10, () => overview(token)))).toBe(0);

  vi.setSystemTime(Date.now() + 601_000);
  const before = chain.tenant.requests.on_behalf_of;
  for (const { sources } of await repeat(10, () => overview(token)))
    expect(sources).toEqual(['cache', 'cache']);
  await expect.poll(() => chain.tenant.requests.on_behalf_of - before, patience).toBe(2);
  expect(await exchangesDuring(() => repeat(10, () => overview(token)))).toBe(0);
});
