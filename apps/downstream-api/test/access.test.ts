import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from './support/answers.ts';
import { clientId, leaveOn, type RunningApi, startApi } from './support/api.ts';

const operations: [name: string, method: string, path: string, least: string][] = [
  ['reading the balance', 'GET', '/api/leave-balance', 'Leave.Read'],
  ['listing requests', 'GET', '/api/leave-requests', 'Leave.Read'],
  ['requesting leave', 'POST', '/api/leave-requests', 'Leave.ReadWrite'],
  ['cancelling leave', 'DELETE', `/api/leave-requests/${randomUUID()}`, 'Leave.ReadWrite'],
];

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ directory: null });
});
afterAll(() => api.close());

describe.each(operations)('%s', (_name, method, path, least) => {
  const call = (authorization?: string): Promise<Response> =>
    fetch(`${api.url}${path}`, {
      method,
      headers: {
        'idempotency-key': randomUUID(),
        ...(authorization === undefined ? {} : { authorization }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(leaveOn('2026-06-01')) } : {}),
    });
  const callWith = async (claims: Record<string, unknown>): Promise<Response> =>
    // Of a person of its own, who has no leave yet.
    call(`Bearer ${await api.issuer.sign(api.issuer.claims({ oid: randomUUID(), ...claims }))}`);
  const reached = method === 'DELETE' ? 404 : method === 'POST' ? 201 : 200;

  test('is refused without a token (RFC 6750, section 3)', async () => {
    const response = await call();
    await expectProblem(response, 401, 'missing_token');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each([
    ['for another API', { aud: randomUUID() }, 401, 'invalid_token'],
    [
      'that has expired',
      { exp: 1_700_000_000, iat: 1_699_996_400, nbf: 1_699_996_400 },
      401,
      'invalid_token',
    ],
    ['of another tenant', { tid: randomUUID() }, 401, 'invalid_token'],
    ['of an application other than the middle tier', { azp: clientId }, 403, 'client_not_allowed'],
    ['without a scope of this API', { scp: 'User.Read' }, 403, 'insufficient_scope'],
    ['with a longer scope of the same beginning', { scp: `${least}.All` }, 403, 'insufficient_scope'],
    [
      'of an application by itself',
      { scp: undefined, roles: [least], idtyp: 'app' },
      403,
      'insufficient_scope',
    ],
  ])('is refused with a token %s', async (_title, claims, status, code) => {
    const response = await callWith(claims);
    await expectProblem(response, status, code);
    const challenge = response.headers.get('www-authenticate');
    if (code === 'insufficient_scope') {
      expect(challenge).toBe(`Bearer error="insufficient_scope", scope="${least}"`);
    }
  });

  test.each(['Leave.Read', 'Leave.ReadWrite'])('with %s alone is allowed if that suffices', async (scope) => {
    const response = await callWith({ scp: scope });
    if (scope === least || scope === 'Leave.ReadWrite') expect(response.status).toBe(reached);
    else await expectProblem(response, 403, 'insufficient_scope');
  });

  test('answers nobody may keep', async () => {
    for (const response of [await call(), await callWith({})]) {
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });
});

test('a body is not waited for before the caller is known', async () => {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  const head = [
    'POST /api/leave-requests HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 50000',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [answer] = await new Promise<[Buffer]>((resolve) => {
    socket.once('data', (data) => resolve([data]));
  });
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
  socket.destroy();
});
