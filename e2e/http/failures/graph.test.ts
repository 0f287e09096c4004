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

const invalid = 'dependency_answer_invalid';

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
    ['has another shape', faults.otherShape, invalid],
    ['is a 404 of a gateway', faults.answer(404, { body: '<!doctype html>' }), invalid],
    ['cannot be read', faults.answer(504), 'dependency_unavailable'],
  ])('is unavailable when the manager %s', async (_title, fault, code) => {
    chain.proxies.graph.fail(fault, asks('manager'));
    const { body } = await call(chain, token);
    expect(body).toMatchObject({
      profile: { state: 'unavailable', problem: { code, dependency: 'graph' } },
      leave: { state: 'ok' },
    });
  });

  const json = { 'content-type': 'application/json' };
  const graphError = (code: string) => ({ headers: json, body: JSON.stringify({ error: { code } }) });
  const noManager = faults.answer(404, graphError('Request_ResourceNotFound'));

  test.each([
    ['is forbidden', faults.forbidden, asks('manager'), 'dependency_refused'],
    ['is a 404 of a gateway', faults.answer(404, { body: '<!doctype html>' }), asks('manager'), invalid],
    ['is a 404 without a body', faults.answer(404), asks('manager'), invalid],
    ['is a 404 for another reason', faults.answer(404, graphError('UnknownError')), asks('manager'), invalid],
    [
      'is a 404 of another service',
      faults.answer(404, { headers: json, body: '{}' }),
      asks('manager'),
      invalid,
    ],
    ['is a 400', faults.answer(400, graphError('BadRequest')), asks('manager'), invalid],
    [
      'is a 410 with the code for what is missing',
      faults.answer(410, graphError('Request_ResourceNotFound')),
      asks('manager'),
      invalid,
    ],
    ['is a 204', faults.answer(204), asks('manager'), invalid],
    ['says that the user is missing too', noManager, () => true, invalid],
  ])(
    'whose manager %s blocks leave requests, because they would have no approver',
    async (_title, fault, concerned, code) => {
      chain.proxies.graph.fail(fault, concerned);
      const year = new Date().getUTCFullYear() + 1;
      const answer = await call(chain, token, '/api/leave-requests', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({ startDate: `${year}-05-03`, endDate: `${year}-05-04` }),
      });
      expect(answer).toMatchObject({ status: 502, body: { code, dependency: 'graph' } });
      expect(chain.proxies.downstream.requests).toHaveLength(0);
    },
  );
});
