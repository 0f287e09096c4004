import { listen } from '@obo/service-defaults/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { call, expectNoLeak, readiness, waitForCircuits } from './calls.ts';

const priya = 'priya.raman@contoso.example';

let chain: FaultyChain;
let token: string;
let elsewhere: Awaited<ReturnType<typeof listen>>;
let askedElsewhere = 0;

beforeAll(async () => {
  chain = await startFaultyChain({ callDeadline: 2_000, circuitPause: 100 });
  elsewhere = await listen(
    (_request, response) => {
      askedElsewhere += 1;
      response.end();
    },
    { host: '127.0.0.1', port: 0 },
  );
  token = await chain.accessTokenOf(priya);
});
beforeEach(async () => {
  chain.endFaults();
  await chain.renewMiddleTier();
});
afterAll(async () => {
  await Promise.all([chain.close(), elsewhere.close()]);
});

const unavailable = (reason: string, retryAfter = 5) => ({
  code: 'dependency_unavailable',
  status: 503,
  reason,
  retryAfter,
});
const invalid = { code: 'dependency_answer_invalid', status: 502 };
const rejected = { code: 'dependency_refused', status: 502 };
const inTwoHours = () => new Date(Date.now() + 7_200_000).toUTCString();

/** Faults of a service, and the state of the section that depends on it. */
const ofResources: [string, () => Fault, object][] = [
  ['refuses connections', () => faults.refuse, unavailable('unreachable')],
  ['resets the connection within its answer', () => faults.resetMidBody, unavailable('unreachable')],
  ['hangs', () => faults.hang, unavailable('timed_out')],
  ['sends byte by byte', () => faults.slowDrip, unavailable('timed_out')],
  ['throttles for 60 s', () => faults.throttle('60'), unavailable('throttled', 60)],
  ['throttles for two days', () => faults.throttle('172800'), unavailable('throttled', 3600)],
  ['throttles until a date', () => faults.throttle(inTwoHours()), unavailable('throttled', 3600)],
  ['throttles with an invalid Retry-After', () => faults.throttle('soon, -1'), unavailable('throttled')],
  ['answers 500', () => faults.serverError, unavailable('failing')],
  ['answers 503', () => faults.serviceUnavailable, unavailable('failing', 60)],
  ['answers 401', () => faults.unauthorized, rejected],
  ['answers 403', () => faults.forbidden, rejected],
  ['answers malformed JSON', () => faults.malformedJson, invalid],
  ['answers half of a JSON text', () => faults.halfJson, invalid],
  ['answers an empty body', () => faults.emptyBody, invalid],
  ['answers JSON of another shape', () => faults.otherShape, invalid],
  ['answers an HTML page', () => faults.htmlPage, invalid],
  ['answers 10 MB', () => faults.hugeBody, invalid],
  ['redirects elsewhere', () => faults.redirectTo(`${elsewhere.url}/v1.0/me`), invalid],
];

describe.each([
  ['graph', 'profile', 'leave'],
  ['downstream', 'leave', 'profile'],
] as const)('when %s', (name, section, other) => {
  test.each(ofResources)(
    '%s, its section says why, the other one arrives',
    async (_title, fault, problem) => {
      chain.proxies[name].fail(fault());
      const answer = await call(chain, token);
      expect(answer.status).toBe(200);
      expect(answer.body[section]).toMatchObject({
        state: 'unavailable',
        problem: { ...problem, dependency: name, correlationId: answer.headers.get('x-correlation-id') },
      });
      expect(answer.body[other]?.state).toBe('ok');
      expect(askedElsewhere).toBe(0);

      const { status, checks, dependencies } = await readiness(chain);
      expect(status).toBe(200);
      expect(new Set(Object.values(checks))).toEqual(new Set(['ok']));
      const down = 'reason' in problem && problem.reason !== 'throttled';
      expect(dependencies[name]).toBe(down ? 'failing' : 'answering');

      chain.proxies[name].pass();
      await waitForCircuits(chain);
      const next = await call(chain, token);
      expect(next.body).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
      expect((await readiness(chain)).dependencies[name]).toBe('answering');
      expectNoLeak(chain, [answer, next]);
    },
  );
});

const noToken = (reason: string, retryAfter = 5) => ({
  code: 'identity_provider_unavailable',
  status: 503,
  reason,
  retryAfter,
});
const noExchange = { code: 'token_exchange_failed', status: 502 };

describe('when the token endpoint', () => {
  test.each<[string, () => Fault, object]>([
    ['resets the connection within its answer', () => faults.resetMidBody, noToken('unreachable')],
    ['hangs', () => faults.hang, noToken('timed_out')],
    ['sends byte by byte', () => faults.slowDrip, noToken('timed_out')],
    ['throttles for 60 s', () => faults.throttle('60'), noToken('throttled', 60)],
    ['throttles until a date', () => faults.throttle(inTwoHours()), noToken('throttled', 3600)],
    ['throttles with an invalid Retry-After', () => faults.throttle('soon'), noToken('throttled')],
    ['answers 500', () => faults.serverError, noToken('failing')],
    ['answers 503', () => faults.serviceUnavailable, noToken('failing', 60)],
    ['answers 401', () => faults.unauthorized, noExchange],
    ['answers 403', () => faults.forbidden, noExchange],
    ['answers malformed JSON', () => faults.malformedJson, noExchange],
    ['answers half of a JSON text', () => faults.halfJson, noExchange],
    ['answers an empty body', () => faults.emptyBody, noExchange],
    ['answers JSON of another shape', () => faults.otherShape, noExchange],
    ['answers an HTML page', () => faults.htmlPage, noExchange],
    ['answers 10 MB', () => faults.hugeBody, noExchange],
    ['redirects elsewhere', () => faults.redirectTo(`${elsewhere.url}/token`), noExchange],
  ])('%s for one resource, its section says why, the other one arrives', async (_title, fault, problem) => {
    chain.proxies.identity_provider.fail(fault(), ({ body }) => body.includes('graph.microsoft.com'));
    const answer = await call(chain, token);
    expect(answer.status).toBe(200);
    expect(answer.body.profile).toMatchObject({
      state: 'unavailable',
      problem: { ...problem, dependency: 'identity_provider' },
    });
    expect(answer.body.leave?.state).toBe('ok');
    expect(askedElsewhere).toBe(0);
    expect((await readiness(chain)).status).toBe(200);

    chain.proxies.identity_provider.pass();
    await waitForCircuits(chain);
    const next = await call(chain, token);
    expect(next.body).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
    expectNoLeak(chain, [answer, next]);
  });
});

describe('a leave request', () => {
  const html = { 'content-type': 'text/html' };
  const problemJson = { 'content-type': 'application/problem+json' };

  test.each<[string, Fault, number, object]>([
    ['204', faults.answer(204), 204, {}],
    ['200 without a body', faults.answer(200), 502, invalid],
    ['200 with an HTML page', faults.htmlPage, 502, invalid],
    ['202', faults.answer(202), 502, invalid],
    ['205', faults.answer(205), 502, invalid],
    ['a redirect', faults.answer(302, { headers: { location: '/' } }), 502, invalid],
    ['a 404 of a gateway', faults.answer(404, { headers: html, body: '<!doctype html>' }), 502, rejected],
    [
      'a 404 with another code',
      faults.answer(404, { headers: problemJson, body: '{"code":"not_found"}' }),
      502,
      rejected,
    ],
  ])('is canceled only if the downstream API says so: %s', async (_title, fault, status, problem) => {
    chain.proxies.downstream.fail(fault, ({ method }) => method === 'DELETE');
    const answer = await call(chain, token, `/api/leave-requests/${crypto.randomUUID()}`, {
      method: 'DELETE',
    });
    expect(answer).toMatchObject({
      status,
      body: status === 204 ? {} : { ...problem, dependency: 'downstream' },
    });
  });
});
