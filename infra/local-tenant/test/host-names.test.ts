import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalTenant, tenant as names } from '../src/index.ts';

/** The host name by which a request reached the tenant: a rebound name would make a foreign page its origin. */
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  const tenant = await createLocalTenant({
    baseUrl: `http://localhost:${port}`,
    signInHost: 'login.localhost',
    dataDirectory: null,
  });
  tenant.appAt('https://tenant.example:4443');
  server.on('request', tenant.app);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const send = async (host: string, method: string, path: string, body = '') => {
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { host } });
  sent.setHeader('Content-Type', 'application/json');
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
};

const paths = [
  { method: 'PUT', path: '/local-tenant/clock', body: '{"ahead": 90000}' },
  { method: 'GET', path: '/local-tenant/users' },
  { method: 'GET', path: `/${names.id}/v2.0/.well-known/openid-configuration` },
  { method: 'GET', path: '/graph/v1.0/me' },
  { method: 'GET', path: '/readyz' },
];

test.each(
  paths.flatMap((path) =>
    ['evil.example:4400', 'localhost.evil.example', 'evil-login.localhost'].map((host) => ({
      host,
      ...path,
    })),
  ),
)('answers 421 to $method $path for the host "$host"', async ({ host, method, path, body }) => {
  expect(await send(host, method, path, body)).toBe(421);
});

test.each([
  'localhost',
  'LOCALHOST:4400',
  '127.0.0.1:4400',
  '[::1]:4400',
  'login.localhost:4400',
  'tenant.example:4443',
])('serves its own name %s, at any port', async (host) => {
  expect(await send(host, 'GET', '/readyz')).toBe(200);
});
