import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { requestToken, secret, startTenant } from './tenant.ts';
import { fromSpa, getCode, redeem, revoke } from './token-requests.ts';
import { names, onBehalfOf, refresh, signInToSpa } from './users.ts';

test('a refresh token returns new tokens and a new refresh token, and stays valid', async () => {
  const tenant = await startTenant();
  const { refresh_token } = await signInToSpa(tenant);
  const first = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(first.body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  expect(first.body.refresh_token).not.toBe(refresh_token);
  expect((await requestToken(tenant, refresh(tenant, refresh_token), fromSpa)).status).toBe(200);
});

test('a refresh without a scope returns a token for the first request’s scope', async () => {
  const tenant = await startTenant();
  const { refresh_token } = await signInToSpa(tenant);
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token, { scope: '' }), fromSpa);
  expect(decodeJwt(String(body.access_token)).aud).toBe(tenant.apps.middleTier);
});

test('one refresh token is valid for every resource that the user consented to', async () => {
  const tenant = await startTenant();
  const { refresh_token } = await signInToSpa(tenant, { scopes: ['offline_access', 'User.Read'] });
  await signInToSpa(tenant, { scopes: [`api://${tenant.apps.middleTier}/access_as_user`] });
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(decodeJwt(String(body.access_token)).aud).toBe(tenant.apps.middleTier);
  const notConsented = refresh(tenant, refresh_token, {
    scope: `api://${tenant.apps.downstream}/Leave.Read`,
  });
  expect((await requestToken(tenant, notConsented, fromSpa)).body.error_codes).toEqual([65001]);
});

test('refresh tokens of a single-page application expire 24 hours after the first, however often they are renewed', async () => {
  const tenant = await startTenant();
  let { refresh_token } = await signInToSpa(tenant);
  for (const expected of [43_200, 21_600]) {
    tenant.advance(expected === 43_200 ? 43_200 : 21_600);
    const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    expect(Number(body.refresh_token_expires_in)).toBeGreaterThan(expected - 60);
    expect(Number(body.refresh_token_expires_in)).toBeLessThanOrEqual(expected);
    refresh_token = String(body.refresh_token);
  }
  tenant.advance(21_601);
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(body.error_description).toContain('limited lifetime of 1.00:00:00');
});

test('refresh tokens of a web application get a new lifetime with each renewal', async () => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const scope = `api://${tenant.apps.downstream}/Leave.Read offline_access`;
  let { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
  expect(body).not.toHaveProperty('refresh_token_expires_in');
  for (let renewal = 0; renewal < 3; renewal++) {
    tenant.advance(tenant.lifetimes.refreshToken - 60);
    ({ body } = await requestToken(tenant, {
      grant_type: 'refresh_token',
      client_id: tenant.apps.middleTier,
      client_secret: secret,
      refresh_token: String(body.refresh_token),
    }));
    expect(body).toMatchObject({ access_token: expect.any(String) });
  }
});

test('no refresh token without offline_access', async () => {
  const tenant = await startTenant();
  const tokens = await signInToSpa(tenant, { scopes: ['openid', tenant.spaScope] });
  expect(tokens).not.toHaveProperty('refresh_token');
});

test('after a revocation, the refresh token of a new sign-in is valid and the old one is not', async () => {
  const tenant = await startTenant();
  const before = await signInToSpa(tenant);
  revoke(tenant, names.employee);
  const after = await signInToSpa(tenant);
  expect(
    (await requestToken(tenant, refresh(tenant, before.refresh_token), fromSpa)).body.error_codes,
  ).toEqual([50173]);
  expect((await requestToken(tenant, refresh(tenant, after.refresh_token), fromSpa)).status).toBe(200);
});

test('redeeming a code twice keeps the refresh token of the first redemption valid, as its error says', async () => {
  const tenant = await startTenant();
  const code = await getCode(tenant);
  const { body } = await requestToken(tenant, redeem(tenant, code), fromSpa);
  expect((await requestToken(tenant, redeem(tenant, code), fromSpa)).body.error_codes).toEqual([54005]);
  const renewed = await requestToken(tenant, refresh(tenant, String(body.refresh_token)), fromSpa);
  expect(renewed.status).toBe(200);
});

test('forgetSessions invalidates refresh tokens', async () => {
  const tenant = await startTenant();
  const { refresh_token } = await signInToSpa(tenant);
  tenant.forgetSessions();
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [70000] });
});

test('token requests are counted by grant', async () => {
  const tenant = await startTenant();
  const { access_token, refresh_token } = await signInToSpa(tenant);
  await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  await requestToken(tenant, onBehalfOf(tenant, access_token));
  await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(tenant.requests).toEqual({
    authorization_code: 1,
    refresh_token: 1,
    on_behalf_of: 2,
    client_credentials: 0,
    device_code: 0,
  });
});
