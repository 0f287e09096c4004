import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SeenRequest } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { call } from './calls.ts';

let chain: FaultyChain;
let token: string;

beforeAll(async () => {
  chain = await startFaultyChain({ callDeadline: 2_000, circuitPause: 100 });
  token = await chain.accessTokenOf('priya.raman@contoso.example');
});
beforeEach(async () => {
  chain.endFaults();
  await chain.renewMiddleTier();
});
afterAll(() => chain.close());

const asks =
  (part: 'photos' | 'manager') =>
  ({ path }: SeenRequest): boolean =>
    path.includes(`/me/${part}`);
const image = { 'content-type': 'image/jpeg' };

describe('a profile', () => {
  test.each([
    ['is not there', faults.answer(404)],
    ['cannot be read', faults.serverError],
    ['is refused', faults.forbidden],
    ['does not come', faults.hang],
    ['is a page', faults.htmlPage],
    ['is too large', faults.answer(200, { headers: image, body: Buffer.alloc(3_145_728) })],
    ['breaks off', faults.resetMidBody],
    ['is a script', faults.answer(200, { headers: { 'content-type': 'image/svg+xml' }, body: '<svg/>' })],
  ])('whose photo %s is shown without it', async (_title, fault) => {
    chain.proxies.graph.fail(fault, asks('photos'));
    const { profile } = (await call(chain, token)).body;
    expect(profile).toMatchObject({ state: 'ok', data: { photo: null, name: 'Priya Raman' } });
    expect(profile?.data?.manager).toMatchObject({ name: expect.any(String) });
  });

  test('of a person whose manager Graph does not know has none', async () => {
    chain.proxies.graph.fail(
      faults.answer(404, { body: '{"error":{"code":"Request_ResourceNotFound"}}' }),
      asks('manager'),
    );
    expect((await call(chain, token)).body.profile).toMatchObject({ state: 'ok', data: { manager: null } });
  });

  test.each([
    ['is refused', faults.forbidden, 'dependency_refused'],
    ['does not come', faults.hang, 'dependency_unavailable'],
    ['is no person', faults.otherShape, 'dependency_answer_invalid'],
    ['cannot be read', faults.answer(504), 'dependency_unavailable'],
  ])('whose manager %s is not shown as one without', async (_title, fault, code) => {
    chain.proxies.graph.fail(fault, asks('manager'));
    const { body } = await call(chain, token);
    expect(body).toMatchObject({
      profile: { state: 'unavailable', problem: { code, dependency: 'graph' } },
      leave: { state: 'ok' },
    });
  });

  test('whose manager cannot be read lets no leave be requested, as nobody would approve it', async () => {
    chain.proxies.graph.fail(faults.forbidden, asks('manager'));
    const year = new Date().getUTCFullYear() + 1;
    const answer = await call(chain, token, '/api/leave-requests', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ startDate: `${year}-05-03`, endDate: `${year}-05-04` }),
    });
    expect(answer).toMatchObject({ status: 502, body: { code: 'dependency_refused', dependency: 'graph' } });
    expect(chain.proxies.downstream.requests).toHaveLength(0);
  });
});
