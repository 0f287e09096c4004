import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTenant, postForm, type TestTenant } from './entra/tenant.ts';
import { onBehalfOf, signInToSpa } from './entra/users.ts';

let tenant: TestTenant;
let close: () => void;
let second: Server;
let secondOrigin: string;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  second = createServer().listen(0, '127.0.0.1');
  await once(second, 'listening');
  const address = second.address();
  secondOrigin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  second.on('request', tenant.appAt(secondOrigin));
});
afterAll(() => {
  close();
  second.close();
  second.closeAllConnections();
});

test('a token from one origin is accepted as an assertion at the other, which issues tokens as itself', async () => {
  const { access_token } = await signInToSpa(tenant);
  expect(decodeJwt(access_token).iss).toBe(`${tenant.baseUrl}/${tenant.tenantId}/v2.0`);
  const { status, body } = await postForm(
    `${secondOrigin}/${tenant.tenantId}/oauth2/v2.0/token`,
    onBehalfOf(tenant, access_token),
  );
  expect(status).toBe(200);
  expect(decodeJwt(String(body.access_token)).iss).toBe(`${secondOrigin}/${tenant.tenantId}/v2.0`);
});
