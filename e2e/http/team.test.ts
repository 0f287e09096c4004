import { users } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as faults from '../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../chain/faulty-chain.ts';

let chain: FaultyChain;
beforeAll(async () => {
  chain = await startFaultyChain({ callDeadline: 2_000, circuitPause: 100 });
});
beforeEach(async () => {
  chain.endFaults();
  await chain.reset();
  await chain.renewMiddleTier();
});
afterAll(() => chain.close());

const priya = 'priya.raman@contoso.example';
const amara = 'amara.okafor@contoso.example';
const lukasz = 'lukasz.dabrowski@contoso.example';
const year = new Date().getUTCFullYear() + 1;

async function call(token: string, path: string, body?: object, key: string = crypto.randomUUID()) {
  const response = await fetch(`${chain.middleTierUrl}${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json', 'idempotency-key': key }),
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const team = '/api/team/leave-requests';

/** Requests leave for one working day, in another week of next year for each number. */
async function requestLeave(userPrincipalName: string, week = 1): Promise<string> {
  const token = await chain.accessTokenOf(userPrincipalName);
  const date = new Date(Date.UTC(year, 0, week * 7));
  while ([0, 6].includes(date.getUTCDay())) date.setUTCDate(date.getUTCDate() + 1);
  const startDate = date.toISOString().slice(0, 10);
  const { status, body } = await call(token, '/api/leave-requests', { startDate, endDate: startDate });
  expect(status).toBe(201);
  return body.id;
}

describe('the requests that wait', () => {
  test('are listed for the manager only, with name and photo from one call to Graph', async () => {
    const ids = [await requestLeave(priya, 1), await requestLeave(priya, 2)];
    const token = await chain.accessTokenOf(amara);
    chain.proxies.graph.forget();
    const { status, body } = await call(token, team);
    expect(status).toBe(200);
    expect(body.requests.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(body.requests[0]).toMatchObject({
      status: 'pending',
      requester: { name: 'Priya Raman', photo: expect.stringMatching(/^data:image\/jpeg;base64,\/9j\//) },
    });
    expect(JSON.stringify(body)).not.toContain(
      users.find(({ displayName }) => displayName === 'Priya Raman')?.id,
    );
    expect(chain.proxies.graph.requests.map(({ path }) => path)).toEqual(['/graph/v1.0/$batch']);
    for (const other of [priya, lukasz])
      expect((await call(await chain.accessTokenOf(other), team)).body).toEqual({ requests: [], next: null });
  });

  test('come in pages of ten', async () => {
    for (let week = 1; week <= 12; week++) await requestLeave(priya, week);
    const token = await chain.accessTokenOf(amara);
    const first = await call(token, team);
    expect(first.body.requests).toHaveLength(10);
    const second = await call(token, `${team}?after=${first.body.next}`);
    expect(second.body).toMatchObject({ requests: [{}, {}], next: null });
    const ids = [...first.body.requests, ...second.body.requests].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(12);
    expect((await call(token, `${team}?after=x`)).body.code).toBe('invalid_parameter');
  });

  test.each([
    ['fails', faults.serverError],
    ['rejects the call', faults.forbidden],
    ['does not answer', faults.hang],
    ['answers with a page', faults.htmlPage],
    ['has another shape', faults.otherShape],
  ])('are listed without names if Graph %s', async (_title, fault) => {
    const id = await requestLeave(priya);
    const token = await chain.accessTokenOf(amara);
    chain.proxies.graph.fail(fault);
    const { status, body } = await call(token, team);
    expect(status).toBe(200);
    expect(body.requests).toMatchObject([{ id, requester: { name: null, photo: null } }]);
  });

  test('need consent, which users who consented before the permission existed have not given', async () => {
    const token = await chain.accessTokenOf(amara);
    for (const grant of chain.tenant.directory.state.permissionGrants)
      grant.scope = grant.scope.replace('Leave.Approve', '').trim();
    const { status, body } = await call(token, team);
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'consent_required', scopes: [expect.stringMatching(/\/\.default$/)] });
  });
});

describe('a decision', () => {
  test.each([
    ['approval', 'approved'],
    ['rejection', 'rejected'],
  ] as const)('(%s) is made once, and the requester sees it', async (decision, status) => {
    const id = await requestLeave(priya);
    const token = await chain.accessTokenOf(amara);
    const key = crypto.randomUUID();
    const decided = await call(token, `${team}/${id}/${decision}`, { note: 'Noted' }, key);
    expect(decided).toMatchObject({ status: 200, body: { id, status, decision: { note: 'Noted' } } });
    expect(decided.body).not.toHaveProperty('requester');
    expect((await call(token, `${team}/${id}/${decision}`, { note: 'Noted' }, key)).body).toEqual(
      decided.body,
    );
    expect(await call(token, `${team}/${id}/approval`, {})).toMatchObject({
      status: 409,
      body: { code: 'leave_already_decided' },
    });
    const { leave } = (await call(await chain.accessTokenOf(priya), '/api/overview')).body;
    expect(leave.data).toMatchObject({
      requests: [{ id, status, approver: { name: 'Amara Okafor' }, decision: { note: 'Noted' } }],
    });
    expect((await call(token, team)).body.requests).toEqual([]);
  });

  test.each([
    ['the requester', priya],
    ['a user who is nobody’s manager', lukasz],
  ])('of %s gets 404', async (_title, userPrincipalName) => {
    const id = await requestLeave(priya);
    const token = await chain.accessTokenOf(userPrincipalName);
    for (const decision of ['approval', 'rejection'])
      expect(await call(token, `${team}/${id}/${decision}`, {})).toMatchObject({
        status: 404,
        body: { code: 'leave_request_not_found' },
      });
  });

  test('of 100 at the same moment one wins, and the others are rejected', async () => {
    const id = await requestLeave(priya);
    const token = await chain.accessTokenOf(amara);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const decide = (key: string) =>
          call(token, `${team}/${id}/${index % 2 === 0 ? 'approval' : 'rejection'}`, {}, key);
        const key = crypto.randomUUID();
        let answer = await decide(key);
        // Under load a service may ask to try again later, which is safe with the same key.
        while (answer.status === 503) answer = await decide(key);
        return answer;
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'leave_already_decided')).toHaveLength(99);
  });
});

describe('approving more than ten working days', () => {
  const claimsFor = (capability?: string, context?: string) =>
    JSON.stringify({
      access_token: {
        ...(capability && { xms_cc: { values: [capability] } }),
        ...(context && { acrs: { essential: true, value: context } }),
      },
    });

  async function requestLongLeave(): Promise<string> {
    const token = await chain.accessTokenOf(priya);
    const body = { startDate: `${year}-06-01`, endDate: `${year}-06-20` };
    return (await call(token, '/api/leave-requests', body)).body.id;
  }

  test('is challenged by the downstream API through both hops, and takes effect with the claims', async () => {
    const id = await requestLongLeave();
    const token = await chain.accessTokenOf(amara, { claims: claimsFor('cp1') });
    const challenged = await call(token, `${team}/${id}/approval`, {});
    expect(challenged).toMatchObject({ status: 401, body: { code: 'insufficient_claims' } });
    expect(challenged.headers.get('www-authenticate')).toContain(`claims="${challenged.body.claims}"`);
    const required = JSON.parse(Buffer.from(challenged.body.claims, 'base64').toString());
    expect(required).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });

    const steppedUp = await chain.accessTokenOf(amara, { claims: claimsFor('cp1', 'c1') });
    expect(await call(steppedUp, `${team}/${id}/approval`, {})).toMatchObject({
      status: 200,
      body: { status: 'approved' },
    });
  });

  test('is 403 for a client that cannot act on a challenge', async () => {
    const id = await requestLongLeave();
    const token = await chain.accessTokenOf(amara);
    expect(await call(token, `${team}/${id}/approval`, {})).toMatchObject({
      status: 403,
      body: { code: 'step_up_unsupported' },
    });
    expect((await call(token, `${team}/${id}/rejection`, {})).status).toBe(200);
  });
});
