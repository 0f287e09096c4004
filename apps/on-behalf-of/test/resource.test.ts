import { makeAccessToken } from '@obo/access-token/testing';
import { Problem } from '@obo/service-defaults/problems';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOnBehalfOf, type OnBehalfOf } from '../src/on-behalf-of.ts';
import type { Resource } from '../src/resource.ts';
import { optionsFor } from './instance.ts';
import { type ResourceServer, startResourceServer } from './resource-server.ts';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const scopes = ['api://orders/Orders.Read', 'api://orders/Orders.Write'];
const read = { span: 'orders_list', url: '/orders' };

let endpoint: TokenEndpoint;
let server: ResourceServer;
let onBehalfOf: OnBehalfOf;
let orders: Resource;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
  server = await startResourceServer();
});
beforeEach(() => {
  endpoint.forget();
  endpoint.behave();
  server.forget();
  server.behave();
  onBehalfOf = createOnBehalfOf(optionsFor(endpoint));
  orders = onBehalfOf.resource('orders', server.url);
});
afterEach(() => onBehalfOf.close());
afterAll(async () => {
  await Promise.all([endpoint.close(), server.close()]);
});

/** Returns the problem that a call ends with. */
async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`No problem: ${error}`);
}

const claims = 'eyJhY2Nlc3NfdG9rZW4iOnt9fQ==';
const challengeWith = (required: string) => `Bearer error="insufficient_claims", claims="${required}"`;
const rejected = { code: 'dependency_refused', status: 502, extensions: { dependency: 'orders' } };

describe('a call to a resource', () => {
  test('has a token for the resource, which the next call uses again', async () => {
    const token = makeAccessToken();
    await orders.call(token, scopes, read);
    await orders.call(token, scopes, read);
    expect(endpoint.requests).toMatchObject([
      { resource: 'api://orders', scopes: ['Orders.Read', 'Orders.Write'] },
    ]);
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received).size).toBe(1);
  });

  test('is repeated with a new token when the cached one is rejected', async () => {
    const token = makeAccessToken();
    await orders.call(token, scopes, read);
    const [old] = server.received;
    server.behave((accessToken) => ({ status: accessToken === old ? 401 : 200 }));
    expect((await orders.call(token, scopes, read)).status).toBe(200);
    expect((await orders.call(token, scopes, read)).status).toBe(200);
    expect(server.received).toHaveLength(4);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('that is rejected with a new token too exchanges no more tokens, but those of other calls are renewed', async () => {
    const token = makeAccessToken();
    await orders.call(token, scopes, read);
    server.behave(() => ({ status: 401 }));
    for (let count = 0; count < 3; count += 1)
      expect(await problemOf(orders.call(token, scopes, read))).toMatchObject(rejected);
    expect(endpoint.requests).toHaveLength(2);
    await problemOf(orders.call(token, scopes, { ...read, span: 'orders_count' }));
    expect(endpoint.requests).toHaveLength(3);
  });

  test('that is rejected with a token just exchanged is not repeated', async () => {
    server.behave(() => ({ status: 401 }));
    expect(await problemOf(orders.call(makeAccessToken(), scopes, read))).toMatchObject(rejected);
    expect(server.received).toHaveLength(1);
    expect(endpoint.requests).toHaveLength(1);
  });

  test('is renewed each time that a token is rejected which had been good', async () => {
    const token = makeAccessToken();
    for (let renewal = 1; renewal <= 3; renewal += 1) {
      await orders.call(token, scopes, read);
      const old = server.received.at(-1);
      server.behave((accessToken) => ({ status: accessToken === old ? 401 : 200 }));
      expect((await orders.call(token, scopes, read)).status).toBe(200);
      expect(endpoint.requests).toHaveLength(1 + renewal);
    }
  });

  test('that is forbidden is not repeated, and the token stays', async () => {
    const token = makeAccessToken();
    await orders.call(token, scopes, read);
    server.behave(() => ({ status: 403 }));
    expect(await problemOf(orders.call(token, scopes, read))).toMatchObject({
      ...rejected,
      cause: { name: 'UnexpectedStatus', status: 403 },
    });
    expect(server.received).toHaveLength(2);
    expect(endpoint.requests).toHaveLength(1);
  });

  test.each([404, 409, 422])(
    'returns a response with status %i, which is for its caller to read',
    async (status) => {
      server.behave(() => ({ status, body: '{"code":"told"}' }));
      expect(await orders.call(makeAccessToken(), scopes, read)).toMatchObject({
        status,
        data: { code: 'told' },
      });
    },
  );

  test('that a claims challenge answers passes the challenge on, and forgets the tokens of the user', async () => {
    const token = makeAccessToken();
    await orders.call(token, scopes, read);
    server.behave(() => ({
      status: 401,
      headers: {
        'www-authenticate': `PoP nonce="n", Bearer error="insufficient_claims", claims="${claims}"`,
      },
    }));
    const problem = await problemOf(orders.call(token, scopes, read));
    expect(problem).toMatchObject({ code: 'insufficient_claims', status: 401, extensions: { claims } });
    expect(problem.headers['WWW-Authenticate']).toContain(
      `authorization_uri="${endpoint.authority.url}/oauth2/v2.0/authorize"`,
    );
    server.behave(() => ({ status: 200 }));
    await orders.call(token, scopes, read);
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each([
    ['of another scheme', `DPoP error="insufficient_claims", claims="${claims}"`],
    ['with another error', `Bearer error="invalid_token", claims="${claims}"`],
    ['without claims', 'Bearer error="insufficient_claims"'],
    ['with claims that start with no base64', `Bearer error="insufficient_claims", claims="{${claims}"`],
    ['with claims that end with no base64', `Bearer error="insufficient_claims", claims="${claims}}"`],
  ])('that a challenge %s answers is only rejected', async (_title, challenge) => {
    server.behave(() => ({ status: 401, headers: { 'www-authenticate': challenge } }));
    expect(await problemOf(orders.call(makeAccessToken(), scopes, read))).toMatchObject(rejected);
  });

  test('that is forbidden with a challenge is only rejected, and the token stays', async () => {
    const token = makeAccessToken();
    server.behave(() => ({ status: 403, headers: { 'www-authenticate': challengeWith(claims) } }));
    for (let count = 0; count < 2; count += 1)
      expect(await problemOf(orders.call(token, scopes, read))).toMatchObject(rejected);
    expect(endpoint.requests).toHaveLength(1);
  });

  test('that is throttled says when to try again', async () => {
    server.behave(() => ({ status: 429, headers: { 'retry-after': '30' } }));
    expect(await problemOf(orders.call(makeAccessToken(), scopes, read))).toMatchObject({
      code: 'dependency_unavailable',
      status: 503,
      message: 'Try again later.',
      headers: { 'Retry-After': '30' },
      extensions: { dependency: 'orders', reason: 'throttled', retryAfter: 30 },
    });
  });

  test('that is redirected ends there, so that the token reaches no other address', async () => {
    server.behave(() => ({ status: 302, headers: { location: '/elsewhere' } }));
    expect(await problemOf(orders.call(makeAccessToken(), scopes, read))).toMatchObject({
      code: 'dependency_answer_invalid',
      status: 502,
      extensions: { dependency: 'orders' },
    });
    expect(server.received).toHaveLength(1);
  });

  test.each([
    ['revoked', 'invalid_grant', 50173, 'invalid_token', 401],
    ['without consent', 'invalid_grant', 65001, 'consent_required', 403],
  ])('whose exchange is rejected as %s is not made', async (_title, error, number, code, status) => {
    endpoint.behave(() => ({
      status: 400,
      body: { error, error_description: `AADSTS${number}: rejected`, error_codes: [number] },
    }));
    expect(await problemOf(orders.call(makeAccessToken(), scopes, read))).toMatchObject({ code, status });
    expect(server.received).toEqual([]);
  });
});

describe('a call with a token that was acquired already', () => {
  const user = {
    tenantId: 'c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35',
    objectId: '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13',
  };

  test('sends that token and exchanges none', async () => {
    expect((await orders.callWith('a.b.c', user, read)).status).toBe(200);
    expect(server.received).toEqual(['a.b.c']);
    expect(endpoint.requests).toEqual([]);
  });

  test.each([401, 403])('and that is rejected with %i ends there', async (status) => {
    server.behave(() => ({ status }));
    expect(await problemOf(orders.callWith('a.b.c', user, read))).toMatchObject(rejected);
    expect(server.received).toHaveLength(1);
  });
});

test('problems for the contract of a resource name the resource', () => {
  expect(orders.answerInvalid()).toMatchObject({
    code: 'dependency_answer_invalid',
    extensions: { dependency: 'orders' },
    cause: undefined,
  });
  expect(orders.answerInvalid(202)).toMatchObject({ cause: { status: 202 } });
  expect(orders.rejected(410)).toMatchObject({ ...rejected, cause: { status: 410 } });
});

test('resources and what tokens come from are listed by name, with their state', async () => {
  expect(Object.keys(onBehalfOf.dependencies)).toEqual(['identity_provider', 'orders']);
  expect(onBehalfOf.dependencies.orders?.()).toBe('unknown');
  await orders.call(makeAccessToken(), scopes, read);
  expect(onBehalfOf.dependencies.orders?.()).toBe('answering');
  expect(onBehalfOf.dependencies.identity_provider?.()).toBe('answering');
});

test.each<[string, () => void, () => readonly unknown[]]>([
  ['a resource', () => server.behave(() => undefined), () => server.received],
  ['the token endpoint', () => endpoint.behave(() => new Promise(() => {})), () => endpoint.requests],
])('closing ends a call that waits for %s, before its deadline', async (_title, hang, requests) => {
  hang();
  const call = problemOf(orders.call(makeAccessToken(), scopes, read));
  await expect.poll(() => requests().length).toBe(1);
  await onBehalfOf.close();
  expect(await call).toMatchObject({ extensions: { reason: 'unreachable' } });
});
