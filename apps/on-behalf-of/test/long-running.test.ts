import { makeAccessToken } from '@obo/access-token/testing';
import { listen } from '@obo/service-defaults/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createOnBehalfOf, type LongRunningSession, type OnBehalfOf } from '../src/index.ts';
import { optionsFor } from './instance.ts';
import { decode, issue, reject, startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const calendar = ['https://graph.microsoft.com/Calendars.ReadWrite'];
const leave = ['api://leave/Leave.Read'];
const other = '9a0b8c7d-6e5f-4a3b-8c2d-1e0f9a8b7c6d';
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

let endpoint: TokenEndpoint;
let onBehalfOf: OnBehalfOf;
const revoked: string[] = [];

const start = (deadline = 3_000): OnBehalfOf =>
  createOnBehalfOf({
    ...optionsFor(endpoint),
    onRevoked: (userKey) => revoked.push(userKey),
    deadline,
    circuitPause: undefined,
  });

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
});
beforeEach(() => {
  endpoint.behave();
  onBehalfOf = start();
});
afterEach(async () => {
  await onBehalfOf.close();
  endpoint.forget();
  revoked.length = 0;
});
afterAll(() => endpoint.close());

test('a session is what an exchange with offline_access returns for the user', async () => {
  const token = makeAccessToken();
  const { tid: tenantId, oid: objectId } = token.claims;
  const session = await onBehalfOf.beginSession(token, calendar);
  expect(endpoint.requests).toMatchObject([{ scopes: ['Calendars.ReadWrite'], offlineAccess: true }]);
  expect(session).toEqual({ tenantId, objectId, refreshToken: expect.stringContaining('a refresh token') });
});

test('a session is renewed for any resource at the tenant of its user, and is replaced each time', async () => {
  const token = makeAccessToken({ tid: other });
  const first = await onBehalfOf.beginSession(token, calendar);
  const second = await onBehalfOf.renewSession(first, leave);
  const third = await onBehalfOf.renewSession(second.session, calendar);
  expect(endpoint.requests).toMatchObject([
    { tenant: other, refreshToken: undefined },
    { tenant: other, refreshToken: first.refreshToken, scopes: ['Leave.Read'], offlineAccess: true },
    { tenant: other, refreshToken: second.session.refreshToken, scopes: ['Calendars.ReadWrite'] },
  ]);
  expect(decode(second.accessToken)).toMatchObject({ aud: 'api://leave', oid: token.claims.oid });
  expect(decode(third.accessToken)).toMatchObject({ aud: 'https://graph.microsoft.com' });
  expect(third.session).toEqual({ ...first, refreshToken: expect.any(String) });
  expect(new Set([first, second.session, third.session].map(({ refreshToken }) => refreshToken)).size).toBe(
    3,
  );
});

test('a session is kept as it is if its renewal returns no other refresh token', async () => {
  const session = await onBehalfOf.beginSession(makeAccessToken(), calendar);
  endpoint.behave((request) => issue(request, { refresh_token: undefined }));
  expect((await onBehalfOf.renewSession(session, calendar)).session).toEqual(session);
});

test('no session begins without a refresh token', async () => {
  endpoint.behave((request) => issue(request, { refresh_token: undefined }));
  await expect(onBehalfOf.beginSession(makeAccessToken(), calendar)).rejects.toMatchObject({
    code: 'token_exchange_failed',
  });
});

/** What the token endpoint does, and what becomes of it. */
const failures: [string, Parameters<TokenEndpoint['behave']>[0], object][] = [
  ['consent is missing', () => reject(65001, 'invalid_grant', { suberror: 'consent_required' }), consent()],
  ['access was revoked', () => reject(50173, 'invalid_grant'), { code: 'invalid_token', status: 401 }],
  ['the refresh token has expired', () => reject(700082, 'invalid_grant'), { code: 'invalid_token' }],
  ['that of a single-page app has expired', () => reject(700084, 'invalid_grant'), { code: 'invalid_token' }],
  ['the user is disabled', () => reject(50057, 'invalid_grant'), { code: 'invalid_token' }],
  ['the user was deleted', () => reject(50034, 'invalid_grant'), { code: 'invalid_token' }],
  ['a policy blocks the user', () => reject(53003, 'invalid_grant', { claims }), { code: 'access_blocked' }],
  ['more is required', () => reject(50076, 'interaction_required', { claims }), challenge()],
  ['the secret is wrong', () => reject(7000215, 'invalid_client'), { code: 'identity_configuration' }],
  ['the user is throttled', () => ({ status: 429, headers: { 'retry-after': '60' }, body: {} }), later(60)],
  ['the endpoint fails', () => ({ status: 500, body: {} }), later(5)],
  ['the endpoint fails for now', () => ({ status: 503, body: {} }), later(5)],
  ['it is for another user', (request) => issue({ ...request, oid: other }), unexpected()],
  ['it is for the same ID elsewhere', (request) => issue({ ...request, tid: other }), unexpected()],
  ['there is no access token', (request) => issue(request, { access_token: undefined }), unexpected()],
  ['its status is 201', (request) => ({ ...issue(request), status: 201 }), unexpected()],
];

function consent() {
  return { code: 'consent_required', status: 403, extensions: { scopes: ['api://middle-tier/.default'] } };
}
function challenge() {
  const encoded = Buffer.from(claims).toString('base64');
  const header = expect.stringContaining(`claims="${encoded}"`);
  return { code: 'insufficient_claims', status: 401, headers: { 'WWW-Authenticate': header } };
}
function later(retryAfter: number) {
  return { code: 'identity_provider_unavailable', status: 503, extensions: { retryAfter } };
}
function unexpected() {
  return { code: 'token_exchange_failed', status: 502 };
}

describe.each<[string, (session: LongRunningSession) => Promise<unknown>]>([
  ['a session does not begin', () => onBehalfOf.beginSession(makeAccessToken(), calendar)],
  ['a session is not renewed', (session) => onBehalfOf.renewSession(session, calendar)],
])('%s', (_title, act) => {
  test.each(failures)('if %s, and the problem is that of an exchange', async (_case, behaviour, problem) => {
    const session = await onBehalfOf.beginSession(makeAccessToken(), calendar);
    endpoint.behave(behaviour);
    await expect(act(session)).rejects.toMatchObject(problem);
  });

  test('if the endpoint does not respond in time', async () => {
    const session = await onBehalfOf.beginSession(makeAccessToken(), calendar);
    await onBehalfOf.close();
    onBehalfOf = start(100);
    const released = Promise.withResolvers<void>();
    onTestFinished(() => released.resolve());
    endpoint.behave(async (request) => {
      await released.promise;
      return issue(request);
    });
    await expect(act(session)).rejects.toMatchObject({ extensions: { reason: 'timed_out' } });
  });

  test('with a credential that is not accepted, which makes this API not ready', async () => {
    const session = await onBehalfOf.beginSession(makeAccessToken(), calendar);
    expect(await onBehalfOf.ready()).toBe(true);
    endpoint.behave(() => reject(7000215, 'invalid_client'));
    await expect(act(session)).rejects.toThrow();
    expect(await onBehalfOf.ready()).toBe(false);
  });

  test('after a revocation, which removes what is cached for the user', async () => {
    const token = makeAccessToken();
    const session = await onBehalfOf.beginSession(token, calendar);
    endpoint.behave(() => reject(50173, 'invalid_grant'));
    await expect(act(session)).rejects.toThrow();
    expect(revoked).toEqual([token.userKey]);
  });
});

describe('a call with an access token that was acquired before', () => {
  const user = { tenantId: endpointTenant(), objectId: makeAccessToken().claims.oid };
  function endpointTenant() {
    return makeAccessToken().claims.tid;
  }

  async function call(status: number, headers: Record<string, string> = {}) {
    const seen: (string | undefined)[] = [];
    const server = await listen(
      (request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(status, headers).end('{}');
      },
      { host: 'localhost', port: 0 },
    );
    onTestFinished(() => server.close());
    const resource = onBehalfOf.resource('graph', server.url);
    const method = { method: 'POST', span: 'graph_event', url: '/me/events' };
    return { seen, calling: resource.callWith('an access token', user, method) };
  }

  test.each([201, 400, 404, 409])('carries it once, and returns status %i', async (status) => {
    const { seen, calling } = await call(status);
    expect((await calling).status).toBe(status);
    expect(seen).toEqual(['Bearer an access token']);
    expect(endpoint.requests).toEqual([]);
  });

  test.each([
    ['401', 401, {}, { code: 'dependency_refused' }],
    ['403', 403, {}, { code: 'dependency_refused' }],
    ['429', 429, { 'retry-after': '600' }, { extensions: { reason: 'throttled', retryAfter: 600 } }],
    ['500', 500, {}, { code: 'dependency_unavailable' }],
  ])('fails once with status %s', async (_title, status, headers, problem) => {
    const { seen, calling } = await call(status, headers);
    await expect(calling).rejects.toMatchObject(problem);
    expect(seen.length).toBe(1);
    expect(revoked).toEqual([]);
  });

  test('passes on a claims challenge, which removes what is cached for the user', async () => {
    const header = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    const { calling } = await call(401, { 'www-authenticate': header });
    await expect(calling).rejects.toMatchObject({ code: 'insufficient_claims' });
    expect(revoked).toEqual([makeAccessToken().userKey]);
  });
});
