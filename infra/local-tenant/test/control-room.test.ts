import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTenant, type TestTenant } from './entra/tenant.ts';

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
});
afterAll(() => close());

/** Sends a request with headers that `fetch` would not send. */
async function send(method: string, path: string, headers: Record<string, string> = {}) {
  const sent = request(`${tenant.baseUrl}${path}`, { method, headers });
  sent.end(method === 'GET' ? undefined : '{}');
  const [response] = await once(sent, 'response');
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}

describe('the page', () => {
  test('allows scripts and styles from the tenant only, none in the page, and no frame around it', async () => {
    const { status, headers } = await send('GET', '/');
    expect(status).toBe(200);
    expect(headers['content-security-policy'].split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('opens from a link on another site', async () => {
    const link = {
      'Sec-Fetch-Site': 'same-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    expect((await send('GET', '/', link)).status).toBe(200);
  });

  test.each([
    ['/control-room/control-room.js', 'text/javascript; charset=utf-8'],
    ['/control-room/control-room.css', 'text/css; charset=utf-8'],
    ['/control-room/theme.css', 'text/css; charset=utf-8'],
  ])('loads %s', async (path, type) => {
    const { status, headers } = await send('GET', path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': 'no-store' });
  });
});

describe('what the page reads and changes', () => {
  const requests = [
    ['GET', '/local-tenant/events'],
    ['GET', '/local-tenant/users'],
    ['POST', '/local-tenant/signing-keys'],
  ] as const;
  const json = { 'Content-Type': 'application/json' };

  test.each(
    requests.flatMap(([method, path]) =>
      [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'http://localhost:3000' },
        { Origin: 'null' },
        { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      ].map((headers) => ({ method, path, headers })),
    ),
  )('is closed to other origins: $method $path with $headers', async ({ method, path, headers }) => {
    const response = await send(method, path, { ...json, ...headers });
    expect(response.status).toBe(403);
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each([
    ['DELETE', '/messages'],
    ['PUT', '/recording'],
    ['DELETE', '/traces'],
    ['PUT', '/failure-lab'],
    ['DELETE', '/failure-lab'],
    ['POST', '/signing-keys'],
  ])('is changed by JSON only, which a form cannot send: %s %s', async (method, path) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect((await send(method, `/local-tenant${path}`, { 'Content-Type': type })).status).toBe(415);
  });

  test.each(requests.slice(1))('is open to its own page, and to programs: %s %s', async (method, path) => {
    for (const headers of [{}, { 'Sec-Fetch-Site': 'same-origin', Origin: tenant.baseUrl }])
      expect((await send(method, path, { ...json, ...headers })).status).toBeLessThan(300);
  });
});
