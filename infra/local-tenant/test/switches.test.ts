import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openTenant, requestToken, type TestTenant } from './entra/tenant.ts';
import { clientCredentials, fromSpa } from './entra/token-requests.ts';
import { names, onBehalfOf, refresh, signInToSpa } from './entra/users.ts';

let tenant: TestTenant;
let close: () => void;
beforeEach(async () => {
  ({ tenant, close } = await openTenant());
});
afterEach(() => close());

const keysSchema = z.object({ signsWith: z.string(), published: z.array(z.string()) });

const turn = (method: string, path: string, body: unknown = {}) =>
  fetch(`${tenant.baseUrl}/local-tenant${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

test('the clock can be set ahead, so that tokens expire, and back', async () => {
  const { refresh_token } = await signInToSpa(tenant);
  expect((await turn('PUT', '/clock', { ahead: 86_401 })).status).toBe(200);
  const late = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(late.body.error_codes).toEqual([700084]);
  await turn('PUT', '/clock', { ahead: 0 });
  expect((await requestToken(tenant, refresh(tenant, refresh_token), fromSpa)).status).toBe(200);
});

test('lifetimes can be changed one by one', async () => {
  const response = await turn('PATCH', '/lifetimes', { accessToken: 330 });
  expect(await response.json()).toMatchObject({ accessToken: 330, spaRefreshToken: 86_400 });
  expect((await signInToSpa(tenant)).expires_in).toBe(330);
});

test('clients can be told to renew their tokens early, and stop being told', async () => {
  await turn('PATCH', '/lifetimes', { renewal: 60 });
  const { access_token } = await signInToSpa(tenant);
  const ask = async () => (await requestToken(tenant, onBehalfOf(tenant, access_token))).body.refresh_in;
  expect(await ask()).toBe(60);
  await turn('PATCH', '/lifetimes', { renewal: null });
  expect(await ask()).toBeUndefined();
});

test('consents can be removed, after which AADSTS65001 is returned', async () => {
  const { access_token } = await signInToSpa(tenant);
  expect((await turn('DELETE', '/consents')).status).toBe(204);
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body.error_codes).toEqual([65001]);
});

test('the consents of one application can be removed alone', async () => {
  await signInToSpa(tenant);
  expect((await turn('DELETE', `/consents/${tenant.apps.middleTier}`)).status).toBe(204);
  const { access_token } = await signInToSpa(tenant, { consent: 'decline' });
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body.error_codes).toEqual([65001]);
});

test('every user can be signed out', async () => {
  const { refresh_token } = await signInToSpa(tenant);
  expect((await turn('DELETE', '/sessions')).status).toBe(204);
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(body.error_codes).toEqual([70000]);
});

test('one user’s sign-ins can be revoked', async () => {
  const { access_token } = await signInToSpa(tenant);
  expect((await turn('POST', `/users/${names.employee}/revocation`)).status).toBe(204);
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body.error_codes).toEqual([50133]);
  expect((await turn('POST', '/users/nobody/revocation')).status).toBe(404);
});

test.each([
  { control: 'mfa', number: 50076 },
  { control: 'block', number: 53003 },
])(
  'a policy with the control $control can be added to a resource and removed',
  async ({ control, number }) => {
    const { access_token } = await signInToSpa(tenant);
    const policy = { control, resource: tenant.apps.downstream };
    expect((await turn('POST', '/conditional-access', policy)).status).toBe(201);
    const rejected = await requestToken(tenant, onBehalfOf(tenant, access_token));
    expect(rejected.body.error_codes).toEqual([number]);
    expect((await turn('DELETE', '/conditional-access')).status).toBe(204);
    expect((await requestToken(tenant, onBehalfOf(tenant, access_token))).status).toBe(200);
  },
);

test('an application can be disabled, require assignment, and be removed from the tenant', async () => {
  const path = `/service-principals/${tenant.apps.downstream}`;
  await turn('PATCH', path, { appRoleAssignmentRequired: true });
  expect((await requestToken(tenant, clientCredentials(tenant))).body.error_codes).toEqual([501051]);
  await turn('PATCH', path, { appRoleAssignmentRequired: false });
  const disabled = `/service-principals/${tenant.apps.middleTier}`;
  await turn('PATCH', disabled, { accountEnabled: false });
  expect((await requestToken(tenant, clientCredentials(tenant))).body.error_codes).toEqual([7000112]);
  await turn('PATCH', disabled, { accountEnabled: true });
  expect((await turn('DELETE', path)).status).toBe(204);
  expect((await requestToken(tenant, clientCredentials(tenant))).body.error_codes).toEqual([500011]);
  expect((await turn('PATCH', path, {})).status).toBe(404);
});

test('keys can be rotated and withdrawn', async () => {
  const rotated = await turn('POST', '/signing-keys');
  expect(rotated.status).toBe(201);
  const { signsWith, published } = keysSchema.parse(await rotated.json());
  expect(published).toEqual([expect.any(String), signsWith]);
  expect(await (await turn('DELETE', '/signing-keys')).json()).toEqual({ signsWith, published: [signsWith] });
});

test.each([
  ['PATCH', '/lifetimes', { accessToken: -1 }],
  ['PATCH', '/lifetimes', { nothing: 1 }],
  ['PUT', '/clock', {}],
  ['POST', '/conditional-access', { control: 'maybe', resource: '00000003-0000-0000-c000-000000000000' }],
])('%s %s rejects an invalid body', async (method, path, body) => {
  const response = await turn(method, path, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('an unknown switch says where they are documented', async () => {
  const response = await turn('POST', '/weather');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    error_description: expect.stringContaining('infra/local-tenant/docs/change-the-local-tenant.md'),
  });
});

test('a page from another origin cannot use a switch: requests without CORS are rejected', async () => {
  const url = `${tenant.baseUrl}/local-tenant/signing-keys`;
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body: '{}' });
    expect(response.status).toBe(415);
  }
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});
