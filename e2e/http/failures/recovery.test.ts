import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { type Answer, call, expectNoLeak, readiness, waitForCircuits } from './calls.ts';

const priya = 'priya.raman@contoso.example';
const lukasz = 'lukasz.dabrowski@contoso.example';

/** No machine is too slow for these: only a request's own time budget ends calls, and an open circuit stays open. */
const patient = { callDeadline: 60_000, circuitPause: 600_000 };
/** A call is retried only if there is time for a second one. */
const retrying = { ...patient, callDeadline: 2_000 };

let chain: FaultyChain;
let hers: string;
let his: string;

beforeAll(async () => {
  chain = await startFaultyChain(patient);
  [hers, his] = await Promise.all([chain.accessTokenOf(priya), chain.accessTokenOf(lukasz)]);
});
beforeEach(async () => {
  chain.endFaults();
  await chain.renewMiddleTier();
});
afterAll(() => chain.close());

const whole = { profile: { state: 'ok' }, leave: { state: 'ok' } };
const repeat = <Result>(count: number, action: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, action));

describe('a fault that ends within a request', () => {
  beforeEach(() => chain.renewMiddleTier(retrying));

  test.each([
    ['a reset connection', faults.resetMidBody],
    ['503', faults.answer(503)],
    ['429 with Retry-After: 1', faults.throttle('1')],
    ['429 with Retry-After: 0', faults.throttle('0')],
  ])('is not noticed: %s', async (_title, fault) => {
    chain.proxies.graph.fail(faults.times(1, fault));
    chain.proxies.downstream.fail(faults.times(1, fault));
    expect((await call(chain, hers)).body).toMatchObject(whole);
    expect(chain.proxies.graph.requests).toHaveLength(4);
    expect(chain.proxies.downstream.requests).toHaveLength(3);
  });

  test('is not noticed at the token endpoint either', async () => {
    chain.proxies.identity_provider.fail(
      faults.times(2, faults.answer(503)),
      ({ method }) => method === 'POST',
    );
    expect((await call(chain, hers)).body).toMatchObject(whole);
  });

  test('creates no second leave request when only the answer was lost', async () => {
    chain.proxies.downstream.fail(faults.times(1, faults.loseAnswer), ({ method }) => method === 'POST');
    const year = new Date().getUTCFullYear() + 1;
    const answer = await call(chain, hers, '/api/leave-requests', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ startDate: `${year}-03-01`, endDate: `${year}-03-05` }),
    });
    expect(answer.status).toBe(201);
    const posts = chain.proxies.downstream.requests.filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(2);
    expect((await call(chain, hers)).body.leave?.data?.requests).toEqual([answer.body]);

    chain.proxies.downstream.fail(faults.times(1, faults.loseAnswer), ({ method }) => method === 'DELETE');
    const cancelled = await call(chain, hers, `/api/leave-requests/${answer.body.id}`, { method: 'DELETE' });
    expect(cancelled.status).toBe(204);
    expect((await call(chain, hers)).body.leave?.data?.requests).toEqual([]);
  });
});

const both = () => Promise.all([call(chain, hers), call(chain, his)]);

/** Calls Graph, which is down, for two users until its circuit is open. */
async function openCircuit() {
  const answers: Answer[] = [];
  do answers.push(...(await both()));
  while (answers.at(-1)?.body.profile?.problem?.reason !== 'circuit_open');
  for (const { body } of answers)
    expect(body).toMatchObject({
      profile: { problem: { code: 'dependency_unavailable', dependency: 'graph' } },
      leave: { state: 'ok' },
    });
  return answers;
}

describe('a service that is down', () => {
  const waysToBeDown: [string, Fault][] = [
    ['refuses', faults.refuse],
    ['answers 500', faults.serverError],
    ['answers 503', faults.serviceUnavailable],
  ];

  test.each(waysToBeDown)('and %s is left alone, and is said to be so', async (_title, fault) => {
    chain.proxies.graph.fail(fault);
    const first = await openCircuit();
    chain.proxies.graph.forget();
    const answer = await call(chain, hers);
    expect(answer.body.profile?.problem).toMatchObject({
      reason: 'circuit_open',
      retryAfter: expect.toSatisfy((seconds) => seconds > 500 && seconds <= 600),
      status: 503,
    });
    expect(answer.body.leave?.state).toBe('ok');
    expect(chain.proxies.graph.requests).toHaveLength(0);
    expect(await readiness(chain)).toMatchObject({
      status: 200,
      dependencies: { graph: 'circuit_open', downstream: 'answering' },
    });
    expectNoLeak(chain, [...first, answer]);
  });

  test.each(waysToBeDown)('and %s is used again by itself, after a pause', async (_title, fault) => {
    await chain.renewMiddleTier({ ...patient, circuitPause: 500 });
    chain.proxies.graph.fail(fault);
    await openCircuit();
    chain.proxies.graph.pass();
    await waitForCircuits(chain);
    expect((await call(chain, hers)).body).toMatchObject(whole);
    expect(await readiness(chain)).toMatchObject({ dependencies: { graph: 'answering' } });
  });

  test('gets no retry storm: concurrent calls are hardly retried, and later calls are not sent', async () => {
    await chain.renewMiddleTier(retrying);
    await both();
    chain.proxies.downstream.forget();
    chain.proxies.downstream.fail(faults.answer(503));
    await repeat(25, both);
    expect(chain.proxies.downstream.requests.length).toBeLessThanOrEqual(2 * 50 + 20);
    chain.proxies.downstream.forget();
    await repeat(25, both);
    expect(chain.proxies.downstream.requests).toHaveLength(0);
  });

  test('together with all others gives an answer that says so, and when to retry', async () => {
    chain.proxies.graph.fail(faults.throttle('30'));
    chain.proxies.downstream.fail(faults.throttle('20'));
    const answer = await call(chain, hers);
    expect(answer.status).toBe(502);
    expect(answer.headers.get('retry-after')).toBe('20');
    expect(answer.body).toMatchObject({
      code: 'dependencies_unavailable',
      causes: ['dependency_unavailable', 'dependency_unavailable'],
      sections: {
        profile: { state: 'unavailable', problem: { dependency: 'graph', reason: 'throttled' } },
        leave: { state: 'unavailable', problem: { dependency: 'downstream', reason: 'throttled' } },
      },
    });
    chain.endFaults();
    expect((await call(chain, hers)).body).toMatchObject(whole);
  });

  test('such as the identity provider fails every section, with 503 in each, and everything is back with it', async () => {
    await call(chain, his);
    chain.proxies.identity_provider.fail(faults.refuse);
    const answer = await call(chain, hers);
    expect(answer.status).toBe(502);
    expect(answer.body.causes).toEqual(['identity_provider_unavailable', 'identity_provider_unavailable']);
    expect((await call(chain, his)).body).toMatchObject(whole);
    expect(await readiness(chain)).toMatchObject({
      status: 200,
      dependencies: { identity_provider: 'failing' },
    });
    chain.endFaults();
    expect((await call(chain, hers)).body).toMatchObject(whole);
  });
});

describe('one user whom a service rejects', () => {
  const rejections = [
    ['429', faults.throttle('60')],
    ['503', faults.answer(503, { headers: { 'retry-after': '60' } })],
  ] as const;

  describe.each(rejections)('with %s', (_title, fault) => {
    test.each(['graph', 'downstream'] as const)('does not affect other users at %s', async (name) => {
      await repeat(2, () => call(chain, his));
      chain.proxies[name].forget();
      await call(chain, hers);
      const mine = new Set(chain.proxies[name].requests.map(({ authorization }) => authorization));
      chain.proxies[name].fail(fault, ({ authorization }) => mine.has(authorization));
      for (const { body } of await repeat(20, () => call(chain, hers)))
        expect(body[name === 'graph' ? 'profile' : 'leave']?.state).toBe('unavailable');
      for (const { body } of await repeat(5, () => call(chain, his))) expect(body).toMatchObject(whole);
    });

    test('does not affect other users at the token endpoint', async () => {
      chain.proxies.identity_provider.fail(fault, ({ body }) => body.includes(hers));
      for (const { body } of await repeat(20, () => call(chain, hers)))
        expect(body.causes).toEqual(['identity_provider_unavailable', 'identity_provider_unavailable']);
      for (const { body } of await repeat(5, () => call(chain, his))) expect(body).toMatchObject(whole);
    });
  });
});
