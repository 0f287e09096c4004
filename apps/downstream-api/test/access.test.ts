import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientId, leaveOn, type RunningApi, startApi, unusedDatabase } from './support/api.ts';
import { expectProblem } from './support/responses.ts';

const operations: [name: string, method: string, path: string, least: string][] = [
  ['reading the balance', 'GET', '/api/leave-balance', 'Leave.Read'],
  ['listing requests', 'GET', '/api/leave-requests', 'Leave.Read'],
  ['requesting leave', 'POST', '/api/leave-requests', 'Leave.ReadWrite'],
  ['canceling leave', 'DELETE', `/api/leave-requests/${randomUUID()}`, 'Leave.ReadWrite'],
  ['listing the requests of the team', 'GET', '/api/team/leave-requests', 'Leave.Approve'],
  ['approving leave', 'POST', `/api/team/leave-requests/${randomUUID()}/approval`, 'Leave.Approve'],
  ['rejecting leave', 'POST', `/api/team/leave-requests/${randomUUID()}/rejection`, 'Leave.Approve'],
];

/** Scopes that permit what a scope permits, besides that scope. */
const wider: Record<string, readonly string[]> = { 'Leave.Read': ['Leave.ReadWrite'] };

let reachedDatabase = false;
let api: RunningApi;
beforeAll(async () => {
  api = await startApi({
    ...unusedDatabase,
    use(work) {
      reachedDatabase = true;
      return unusedDatabase.use(work);
    },
  });
});
afterAll(() => api.close());

describe.each(operations)('%s', (_name, method, path, least) => {
  const call = (authorization?: string): Promise<Response> => {
    reachedDatabase = false;
    return fetch(`${api.url}${path}`, {
      method,
      headers: {
        'idempotency-key': randomUUID(),
        ...(authorization === undefined ? {} : { authorization }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(leaveOn('2026-06-01')) } : {}),
    });
  };
  const callWith = async (claims: Record<string, unknown>): Promise<Response> =>
    call(`Bearer ${await api.issuer.sign(api.issuer.claims(claims))}`);

  test('is rejected without a token (RFC 6750, section 3)', async () => {
    const response = await call();
    await expectProblem(response, 401, 'missing_token');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(reachedDatabase).toBe(false);
  });

  test.each([
    ['for another API', { aud: randomUUID() }, 401, 'invalid_token'],
    [
      'that has expired',
      { exp: 1_700_000_000, iat: 1_699_996_400, nbf: 1_699_996_400 },
      401,
      'invalid_token',
    ],
    ['from another tenant', { tid: randomUUID() }, 401, 'invalid_token'],
    ['for an app other than the middle tier', { azp: clientId }, 403, 'client_not_allowed'],
    ['without a scope of this API', { scp: 'User.Read' }, 403, 'insufficient_scope'],
    ['with a longer scope that starts the same', { scp: `${least}.All` }, 403, 'insufficient_scope'],
    ['without a user', { scp: undefined, roles: [least], idtyp: 'app' }, 403, 'insufficient_scope'],
  ])('is rejected with a token %s', async (_title, claims, status, code) => {
    const response = await callWith(claims);
    await expectProblem(response, status, code);
    const challenge = response.headers.get('www-authenticate');
    if (code === 'insufficient_scope') {
      expect(challenge).toBe(`Bearer error="insufficient_scope", scope="${least}"`);
    }
    expect(reachedDatabase).toBe(false);
  });

  test.each(['Leave.Read', 'Leave.ReadWrite', 'Leave.Approve'])(
    'is allowed with %s alone if that suffices',
    async (scope) => {
      const response = await callWith({ scp: scope });
      const suffices = scope === least || wider[least]?.includes(scope) === true;
      if (!suffices) await expectProblem(response, 403, 'insufficient_scope');
      expect(reachedDatabase).toBe(suffices);
    },
  );

  test('sends responses that must not be stored', async () => {
    for (const response of [await call(), await callWith({})]) {
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });
});

test('a request is rejected before its body has arrived', async () => {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  const head = [
    'POST /api/leave-requests HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 50000',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [response] = await once(socket, 'data');
  expect(String(response)).toMatch(/^HTTP\/1\.1 401 /);
  socket.destroy();
});
