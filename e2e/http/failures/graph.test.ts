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
    ['is missing', faults.answer(404)],
    ['cannot be read', faults.serverError],
    ['is rejected', faults.forbidden],
    ['times out', faults.hang],
    ['is an HTML page', faults.htmlPage],
    ['is too large', faults.answer(200, { headers: image, body: Buffer.alloc(3_145_728) })],
    ['is incomplete', faults.resetMidBody],
    ['is a script', faults.answer(200, { headers: { 'content-type': 'image/svg+xml' }, body: '<svg/>' })],
  ])('whose photo %s is shown without it', async (_title, fault) => {
    chain.proxies.graph.fail(fault, asks('photos'));
    const { profile } = (await call(chain, token)).body;
    expect(profile).toMatchObject({ state: 'ok', data: { photo: null, name: 'Priya Raman' } });
    expect(profile?.data?.manager).toMatchObject({ name: expect.any(String) });
  });

  test('shows no manager for a user without one', async () => {
    chain.proxies.graph.fail(
      faults.answer(404, { body: '{"error":{"code":"Request_ResourceNotFound"}}' }),
      asks('manager'),
    );
    expect((await call(chain, token)).body.profile).toMatchObject({ state: 'ok', data: { manager: null } });
  });

  test.each([
    ['is rejected', faults.forbidden, 'dependency_refused'],
    ['times out', faults.hang, 'dependency_unavailable'],
    ['has another shape', faults.otherShape, 'dependency_answer_invalid'],
    ['cannot be read', faults.answer(504), 'dependency_unavailable'],
  ])('is unavailable when the manager %s', async (_title, fault, code) => {
    chain.proxies.graph.fail(fault, asks('manager'));
    const { body } = await call(chain, token);
    expect(body).toMatchObject({
      profile: { state: 'unavailable', problem: { code, dependency: 'graph' } },
      leave: { state: 'ok' },
    });
  });

  test('without a readable manager blocks leave requests, because they would have no approver', async () => {
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
