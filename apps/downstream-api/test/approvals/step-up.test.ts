import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaveOn, type RunningApi, startApi } from '../support/api.ts';
import { expectCreated, expectDecided, expectProblem, waitingFor } from '../support/responses.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ directory: null });
});
afterAll(() => api.close());

/** Requests leave from a new approver: ten working days, or eleven. */
async function request(days: 10 | 11) {
  const grace = randomUUID();
  const approver = { name: 'Grace', mail: null, objectId: grace };
  const endDate = days === 10 ? '2026-06-12' : '2026-06-15';
  const ada = api.user();
  const created = await expectCreated(await ada.post(leaveOn('2026-06-01', endDate, { approver })));
  expect(created.days).toBe(days);
  return { id: created.id, ada, grace };
}

const capable = { xms_cc: ['CP1'] };

describe('approving more than ten working days', () => {
  test.each([
    ['without acrs', {}],
    ['with another context', { acrs: ['c2', 'C1', 'c10'] }],
    ['with no context', { acrs: [] }],
  ])('is challenged %s, and nothing is decided', async (_title, claims) => {
    const { id, grace } = await request(11);
    const caller = api.user(grace, { ...capable, ...claims });
    const response = await caller.decide(id, 'approval');
    const body = Object(await expectProblem(response, 401, 'insufficient_claims'));
    expect(JSON.parse(Buffer.from(body.claims, 'base64').toString())).toEqual({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri="${api.issuer.authority.url}/oauth2/v2.0/authorize", error="insufficient_claims", claims="${body.claims}"`,
    );
    expect((await waitingFor(caller)).requests).toHaveLength(1);
  });

  test.each([
    ['did not declare capabilities', {}],
    ['declared another capability', { xms_cc: ['cp2'] }],
    ['declared none', { xms_cc: [] }],
  ])('is 403 with an explanation for a client that %s', async (_title, claims) => {
    const { id, grace } = await request(11);
    const response = await api.user(grace, claims).decide(id, 'approval');
    const body = await expectProblem(response, 403, 'step_up_unsupported');
    expect(Object(body).detail).toContain('cp1');
    expect(response.headers.get('www-authenticate')).toBeNull();
  });

  test('takes effect with the context', async () => {
    const { id, grace } = await request(11);
    await expectDecided(await api.user(grace, { acrs: ['c2', 'c1'] }).decide(id, 'approval'));
  });

  test('is not challenged once the request is decided or canceled', async () => {
    const decided = await request(11);
    await api.user(decided.grace).decide(decided.id, 'rejection');
    const again = await api.user(decided.grace, capable).decide(decided.id, 'approval');
    await expectProblem(again, 409, 'leave_already_decided');
    const canceled = await request(11);
    await canceled.ada.cancel(canceled.id);
    const late = await api.user(canceled.grace, capable).decide(canceled.id, 'approval');
    await expectProblem(late, 409, 'leave_canceled');
  });

  test('is not challenged for another user, who must not see that the request exists', async () => {
    const { id } = await request(11);
    await expectProblem(
      await api.user(undefined, capable).decide(id, 'approval'),
      404,
      'leave_request_not_found',
    );
  });
});

test('neither ten days nor a rejection requires the context', async () => {
  const ten = await request(10);
  await expectDecided(await api.user(ten.grace).decide(ten.id, 'approval'));
  const eleven = await request(11);
  await expectDecided(await api.user(eleven.grace).decide(eleven.id, 'rejection'));
});

test('number of days and context are configured', async () => {
  const environment = { STEP_UP_ABOVE_DAYS: '9', STEP_UP_CONTEXT: 'c7' };
  const other = await startApi(api.database, { issuer: api.issuer, environment });
  const { id, grace } = await request(10);
  await expectProblem(
    await other.user(grace, { ...capable, acrs: ['c1'] }).decide(id, 'approval'),
    401,
    'insufficient_claims',
  );
  await expectDecided(await other.user(grace, { acrs: ['c7'] }).decide(id, 'approval'));
  await other.close();
});
