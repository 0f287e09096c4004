import { users } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain();
});
beforeEach(() => chain.reset());
afterAll(() => chain.close());

const priya = 'priya.raman@contoso.example';
const amara = 'amara.okafor@contoso.example';
const lukasz = 'lukasz.dabrowski@contoso.example';

async function call(token: string, path: string, init: RequestInit = {}) {
  const response = await fetch(`${chain.middleTierUrl}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const requestLeave = (token: string, body: object, key = crypto.randomUUID()) =>
  call(token, '/api/leave-requests', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });

const nextYear = new Date().getUTCFullYear() + 1;
/** A Monday and a Tuesday of next year: two working days. */
const monday = (() => {
  const date = new Date(Date.UTC(nextYear, 2, 1));
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
})();
const tuesday = new Date(Date.parse(monday) + 86_400_000).toISOString().slice(0, 10);

describe('the overview', () => {
  test('combines what Graph and the downstream API return for the signed-in user', async () => {
    const user = users.find(({ userPrincipalName }) => userPrincipalName === lukasz);
    const manager = users.find(({ id }) => id === user?.managerId);
    const { status, body } = await call(await chain.accessTokenOf(lukasz), '/api/overview');
    expect(status).toBe(200);
    expect(body.profile).toMatchObject({
      state: 'ok',
      data: {
        name: user?.displayName,
        jobTitle: user?.jobTitle,
        mail: user?.mail,
        manager: { name: manager?.displayName, mail: manager?.mail },
      },
    });
    expect(body.profile.data.photo).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(body.leave).toMatchObject({
      state: 'ok',
      data: { balance: { entitlementDays: 25, remainingDays: 25 }, requests: [] },
    });
  });

  test('exchanges once for each resource, and not again', async () => {
    const token = await chain.accessTokenOf(priya);
    const before = chain.tenant.requests.on_behalf_of;
    const first = await call(token, '/api/overview');
    expect(chain.tenant.requests.on_behalf_of - before).toBe(2);
    expect(first.headers.get('server-timing')).toMatch(/graph_token;dur=[\d.]+;desc="identity_provider"/);
    const second = await call(token, '/api/overview');
    expect(chain.tenant.requests.on_behalf_of - before).toBe(2);
    expect(second.headers.get('server-timing')).toMatch(/graph_token;dur=[\d.]+;desc="cache"/);
    expect(second.headers.get('server-timing')).toMatch(/downstream_token;dur=[\d.]+;desc="cache"/);
  });

  test('says what each token was requested for, and how old it is, but not the token', async () => {
    const token = await chain.accessTokenOf(priya);
    await call(token, '/api/overview');
    const { headers } = await call(token, '/api/overview');
    const timing = headers.get('server-timing') ?? '';
    const { CLIENT_ID: middleTier } = chain.environments.middleTierApi;
    const { DOWNSTREAM_API_APP_ID_URI: downstream } = chain.environments.middleTierApi;
    for (const [span, audience, scope] of [
      ['validate_token', middleTier, 'access_as_user'],
      ['graph_token', 'https://graph.microsoft.com', 'User.Read User.ReadBasic.All'],
      ['downstream_token', downstream, 'Leave.Read'],
    ]) {
      expect(timing).toMatch(
        new RegExp(
          `${span};dur=[\\d.]+;desc="cache";start="[\\d.]+";audience="${audience}";scope="${scope}";age="\\d+"`,
        ),
      );
    }
    expect(timing).not.toContain('eyJ');
  });

  test('exchanges once for each resource, however many requests arrive at once', async () => {
    const token = await chain.accessTokenOf(priya);
    const before = chain.tenant.requests.on_behalf_of;
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(token, '/api/overview')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(chain.tenant.requests.on_behalf_of - before).toBe(2);
  });

  test('shows each user only their own data, also at the same time', async () => {
    const [hers, his] = await Promise.all([chain.accessTokenOf(priya), chain.accessTokenOf(lukasz)]);
    expect((await requestLeave(hers, { startDate: monday, endDate: tuesday, note: 'hers' })).status).toBe(
      201,
    );
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => (await call(index % 2 === 0 ? hers : his, '/api/overview')).body,
      ),
    );
    for (const [index, body] of answers.entries()) {
      expect(body.profile.data.mail).toBe(index % 2 === 0 ? priya : lukasz);
      expect(body.leave.data.requests).toHaveLength(index % 2 === 0 ? 1 : 0);
    }
  });

  test('sends the correlation ID and the trace context with every call', async () => {
    const correlationId = crypto.randomUUID();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await call(await chain.accessTokenOf(priya), '/api/overview', {
      headers: { 'x-correlation-id': correlationId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    const lines = chain.logs
      .map((line) => JSON.parse(line))
      .filter((line) => line.correlationId === correlationId);
    expect(new Set(lines.map(({ service }) => service))).toEqual(
      new Set(['middle-tier-api', 'downstream-api']),
    );
    expect(new Set(lines.map((line) => line.traceId))).toEqual(new Set([traceId]));
  });

  test('still shows the profile when the downstream API is down, and everything once it is back', async () => {
    const token = await chain.accessTokenOf(priya);
    chain.stopDownstreamApi();
    const { status, body } = await call(token, '/api/overview');
    expect(status).toBe(200);
    expect(body.profile.state).toBe('ok');
    expect(body.leave).toMatchObject({
      state: 'unavailable',
      problem: { code: 'dependency_unavailable', status: 503 },
    });
    chain.startDownstreamApi();
    expect((await call(token, '/api/overview')).body.leave.state).toBe('ok');
  });
});

describe('when the identity provider requires more', () => {
  const client = (name: 'spa' | 'middleTierApi' | 'downstreamApi') => {
    const principal = chain.tenant.directory.findServicePrincipal(chain.environments[name].CLIENT_ID ?? '');
    if (!principal) throw new Error(`${name} is not registered`);
    return principal;
  };
  const withdrawGrants = (matches: (grant: { clientId: string; resourceId: string }) => boolean) => {
    const { permissionGrants } = chain.tenant.directory.state;
    permissionGrants.splice(
      0,
      permissionGrants.length,
      ...permissionGrants.filter((grant) => !matches(grant)),
    );
  };

  test('missing consent blocks one section, and the answer names the scope to request', async () => {
    const token = await chain.accessTokenOf(priya);
    withdrawGrants(
      ({ clientId, resourceId }) =>
        clientId === client('middleTierApi').id && resourceId !== client('downstreamApi').id,
    );
    const { status, body } = await call(token, '/api/overview');
    expect(status).toBe(200);
    expect(body.profile).toMatchObject({
      state: 'action_required',
      problem: { code: 'consent_required', status: 403 },
      challenge: { kind: 'consent', scopes: [`${chain.environments.spa.API_APP_ID_URI}/.default`] },
    });
    expect(body.leave.state).toBe('ok');
  });

  test('preauthorization covers reading leave, but not changing it', async () => {
    const token = await chain.accessTokenOf(priya);
    withdrawGrants(
      ({ clientId, resourceId }) =>
        clientId === client('middleTierApi').id && resourceId === client('downstreamApi').id,
    );
    expect((await call(token, '/api/overview')).body.leave.state).toBe('ok');
    const { status, body } = await requestLeave(token, { startDate: monday, endDate: tuesday });
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'consent_required' });
  });

  test('conditional access on the downstream API becomes a claims challenge for its section', async () => {
    const token = await chain.accessTokenOf(priya);
    const policyId = crypto.randomUUID();
    chain.tenant.directory.state.conditionalAccessPolicies.push({
      id: policyId,
      displayName: 'Require multifactor authentication for leave',
      state: 'enabled',
      conditions: {
        applications: { includeApplications: [chain.environments.downstreamApi.CLIENT_ID ?? ''] },
        users: { includeUsers: ['All'] },
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    });
    const { status, body } = await call(token, '/api/overview');
    expect(status).toBe(200);
    expect(body.leave).toMatchObject({
      state: 'action_required',
      problem: { code: 'insufficient_claims' },
      challenge: { kind: 'claims' },
    });
    expect(JSON.parse(Buffer.from(body.leave.challenge.claims, 'base64').toString())).toHaveProperty(
      'access_token',
    );

    const rejected = await requestLeave(token, { startDate: monday, endDate: tuesday });
    expect(rejected.status).toBe(401);
    expect(rejected.headers.get('www-authenticate')).toMatch(
      /^Bearer .*error="insufficient_claims", claims="[A-Za-z0-9+/=]+"$/,
    );
  });
});

describe('requesting leave', () => {
  test('is sent to the manager whom Graph names', async () => {
    const token = await chain.accessTokenOf(lukasz);
    const { status, body } = await requestLeave(token, {
      startDate: monday,
      endDate: tuesday,
      note: 'A walk',
      status: 'approved',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      days: 2,
      status: 'pending',
      approver: { name: 'Priya Raman', mail: priya },
    });
  });

  test('is approved immediately for a user without a manager', async () => {
    const { body } = await requestLeave(await chain.accessTokenOf(amara), {
      startDate: monday,
      endDate: tuesday,
    });
    expect(body).toMatchObject({ status: 'approved', approver: null });
  });

  test('creates one request for the same idempotency key sent twice', async () => {
    const token = await chain.accessTokenOf(priya);
    const key = crypto.randomUUID();
    const [one, two] = await Promise.all(
      [1, 2].map(() => requestLeave(token, { startDate: monday, endDate: tuesday }, key)),
    );
    expect([one?.status, two?.status]).toEqual([201, 201]);
    expect(one?.body.id).toBe(two?.body.id);
    expect((await call(token, '/api/overview')).body.leave.data).toMatchObject({
      requests: [{ id: one?.body.id }],
    });
  });

  test.each([
    ['in the past', '2020-01-06', '2020-01-07', 422, 'leave_in_past'],
    ['longer than the remaining days', `${nextYear}-02-01`, `${nextYear}-06-30`, 422, 'leave_overdrawn'],
    ['across the turn of the year', `${nextYear}-12-30`, `${nextYear + 1}-01-03`, 422, 'leave_spans_years'],
  ])(
    '%s is rejected with the problem of the downstream API',
    async (_title, startDate, endDate, status, code) => {
      const answer = await requestLeave(await chain.accessTokenOf(priya), { startDate, endDate });
      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject({ code });
    },
  );

  test('can be canceled, once or twice, and by no other user', async () => {
    const [hers, his] = await Promise.all([chain.accessTokenOf(priya), chain.accessTokenOf(lukasz)]);
    const { body } = await requestLeave(hers, { startDate: monday, endDate: tuesday });
    const cancel = (token: string) => call(token, `/api/leave-requests/${body.id}`, { method: 'DELETE' });
    expect(await cancel(his)).toMatchObject({ status: 404, body: { code: 'leave_request_not_found' } });
    expect((await cancel(hers)).status).toBe(204);
    expect((await cancel(hers)).status).toBe(204);
    expect((await call(hers, '/api/overview')).body.leave.data.requests).toEqual([]);
  });
});

describe('tokens for another audience', () => {
  test('the downstream API rejects a token issued for the middle tier', async () => {
    const token = await chain.accessTokenOf(priya);
    const response = await fetch(`${chain.downstreamUrl}/api/leave-balance`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('the middle tier rejects a token for Microsoft Graph', async () => {
    const token = await chain.accessTokenOf(priya, { scopes: ['https://graph.microsoft.com/User.Read'] });
    expect(await call(token, '/api/overview')).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    });
  });
});
