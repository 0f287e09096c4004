import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';

const priya = 'priya.raman@contoso.example';
const lukasz = 'lukasz.dabrowski@contoso.example';
const patience = { timeout: 10_000 };

let chain: Chain;
beforeAll(async () => {
  // Everything runs in this process, so 50 requests at once may be slow on a busy machine. No call times out because of it.
  chain = await startChain({ failureTimes: { callDeadline: 30_000, circuitPause: 5_000 } });
});
beforeEach(() => chain.renewMiddleTier());
afterEach(async () => {
  vi.useRealTimers();
  await chain.reset();
});
afterAll(() => chain.close());

async function ask(token: string) {
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { timing: response.headers.get('server-timing') ?? '', body: await response.json() };
}

/** @returns where the two tokens of a whole overview came from. */
async function overview(token: string): Promise<(string | undefined)[]> {
  const { timing, body } = await ask(token);
  expect(body).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
  const sourceOf = (hop: string) => new RegExp(`${hop}_token;dur=[\\d.]+;desc="(\\w+)"`).exec(timing)?.[1];
  return [sourceOf('graph'), sourceOf('downstream')];
}

/** Counts the exchanges that the tenant received since the last call. */
async function exchangesDuring(work: () => Promise<unknown>): Promise<number> {
  const before = chain.tenant.requests.on_behalf_of;
  await work();
  return chain.tenant.requests.on_behalf_of - before;
}

const repeat = <Result>(count: number, action: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, action));

test('50 concurrent overviews of one user make two exchanges, and the next overview makes none', async () => {
  const token = await chain.accessTokenOf(priya);
  expect(await exchangesDuring(() => repeat(50, () => ask(token)))).toBe(2);
  expect(await exchangesDuring(() => overview(token))).toBe(0);
});

test('20 alternating overviews with two access tokens of one user make four exchanges', async () => {
  const sessions = [await chain.accessTokenOf(priya), await chain.accessTokenOf(priya)];
  const inTurn = async () => {
    for (let call = 0; call < 20; call += 1) await overview(sessions[call % 2] ?? '');
  };
  expect(await exchangesDuring(inTurn)).toBe(4);
});

test('50 concurrent overviews of two users make four exchanges, and show each user their own profile', async () => {
  const [hers, his] = await Promise.all([chain.accessTokenOf(priya), chain.accessTokenOf(lukasz)]);
  const cold = () =>
    repeat(25, async () => {
      const [she, he] = await Promise.all([ask(hers), ask(his)]);
      // On a busy machine a section may time out.
      expect([undefined, priya]).toContain(she.body.profile?.data?.mail);
      expect([undefined, lukasz]).toContain(he.body.profile?.data?.mail);
    });
  expect(await exchangesDuring(cold)).toBe(4);
  expect((await ask(hers)).body.profile.data.mail).toBe(priya);
  expect((await ask(his)).body.profile.data.mail).toBe(lukasz);
});

test('when tokens are due for renewal, an overview is answered from the cache while two exchanges run in the background', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  chain.tenant.lifetimes.renewal = 600;
  const token = await chain.accessTokenOf(priya);
  await overview(token);
  expect(await exchangesDuring(() => repeat(10, () => overview(token)))).toBe(0);

  vi.setSystemTime(Date.now() + 601_000);
  const before = chain.tenant.requests.on_behalf_of;
  for (const sources of await repeat(10, () => overview(token))) expect(sources).toEqual(['cache', 'cache']);
  await expect.poll(() => chain.tenant.requests.on_behalf_of - before, patience).toBe(2);
  expect(await exchangesDuring(() => repeat(10, () => overview(token)))).toBe(0);
});
