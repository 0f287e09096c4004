import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  azureCliAppId,
  createLocalTenant,
  type LocalTenant,
  password,
  signInOverHttp,
  type TenantEvent,
} from '../src/index.ts';

let server: Server;
let tenant: LocalTenant;
let baseUrl: string;
const events: TenantEvent[] = [];
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  tenant = await createLocalTenant({ baseUrl, dataDirectory: null, log: (event) => events.push(event) });
  server.on('request', tenant.app);
});
beforeEach(() => {
  events.length = 0;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const turn = (method: string, path: string, body: object = {}) =>
  fetch(`${baseUrl}/local-tenant${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

test('one line for each token grant: for whom, for what, with which scopes', async () => {
  const { refresh_token } = await signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: azureCliAppId,
    redirectUri: 'http://localhost',
    scopes: ['offline_access', 'https://graph.microsoft.com/User.Read'],
    username: 'priya.raman@contoso.example',
    password,
  });
  await fetch(tenant.authorityMetadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: azureCliAppId,
      refresh_token: refresh_token ?? '',
      scope: 'https://graph.microsoft.com/User.Read',
    }),
  });
  const tokens = events.filter(({ type }) => type === 'token').map(({ message }) => message);
  expect(tokens).toEqual([
    expect.stringMatching(/^after the sign-in of Priya Raman · Microsoft Graph · .*User\.Read.* · ok$/),
    expect.stringMatching(/^refreshed for Priya Raman · Microsoft Graph · .*User\.Read.* · ok$/),
  ]);
});

test.each([
  { method: 'POST', path: '/signing-keys', body: {} },
  { method: 'PUT', path: '/clock', body: { ahead: 0 } },
  { method: 'PATCH', path: '/lifetimes', body: { accessToken: 330 } },
  { method: 'DELETE', path: '/consents', body: {} },
  { method: 'DELETE', path: '/conditional-access', body: {} },
])('one line for the switch $method $path', async ({ method, path, body }) => {
  await turn(method, path, body);
  await expect
    .poll(() => events)
    .toEqual([{ type: 'switch', message: `${method} ${path} ${JSON.stringify(body)}` }]);
});

test('no line for a switch that is rejected', async () => {
  await turn('PUT', '/clock', { ahead: 'much' });
  await turn('PUT', '/clock', { ahead: 0 });
  await expect.poll(() => events).toEqual([{ type: 'switch', message: 'PUT /clock {"ahead":0}' }]);
});
