import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { microsoftGraphAppId } from '../../src/directory/first-party-applications.ts';
import { openBrowser } from './browser.ts';
import { requestToken, secret, startTenant, type TestTenant } from './tenant.ts';
import { addPolicy, clientCredentials, fromSpa, getCode, redeem, revoke } from './token-requests.ts';
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

test.each([
  [5_025, '01:23:45'],
  [86_399, '23:59:59'],
  [86_400, '1.00:00:00'],
  [266_405, '3.02:00:05'],
])(
  'an expired refresh token with a lifetime of %i s is rejected with %s, and when it was issued',
  async (seconds, lifetime) => {
    const tenant = await startTenant();
    tenant.lifetimes.spaRefreshToken = seconds;
    const before = Math.floor(tenant.now().getTime() / 1000);
    const { refresh_token } = await signInToSpa(tenant);
    const after = tenant.now().getTime() / 1000;
    tenant.advance(seconds + 1);
    const { body } = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    const text = String(body.error_description);
    expect(text).toContain(`limited lifetime of ${lifetime}, which`);
    const issuedAt = Date.parse(/issued on ([^ ]+)\. /.exec(text)?.[1] ?? '') / 1000;
    expect(issuedAt).toBeGreaterThanOrEqual(before);
    expect(issuedAt).toBeLessThanOrEqual(after);
  },
);

test.each([
  ['a claims challenge, if a policy requires one', undefined],
  ['no claims challenge, if the request itself names an authentication context', 'c1'],
])('a refresh without a second factor is rejected with %s', async (_title, context) => {
  const tenant = await startTenant();
  const { refresh_token } = await signInToSpa(tenant);
  if (context === undefined) addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: context } } });
  const changes = context === undefined ? {} : { claims };
  const { body } = await requestToken(tenant, refresh(tenant, refresh_token, changes), fromSpa);
  expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [50076], suberror: 'basic_action' });
  expect(body.error_description).toContain(`'${tenant.apps.middleTier}'`);
  const [policy] = tenant.directory.state.conditionalAccessPolicies;
  if (context === undefined) expect(body.claims).toContain(policy?.id);
  else expect(body).not.toHaveProperty('claims');
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

describe('the refresh token of an exchange with offline_access', () => {
  /** Exchanges a token of a user who consented to the calendar, and returns the refresh token and how to redeem it. */
  async function exchangeForCalendar() {
    const tenant = await startTenant();
    const { access_token } = await signInToSpa(tenant);
    await turn(tenant, `POST /consents/${tenant.apps.middleTier}`);
    const [client, graph] = [tenant.apps.middleTier, microsoftGraphAppId].map(
      (appId) => tenant.directory.findServicePrincipal(appId)?.id ?? '',
    );
    const scopes = ['Calendars.ReadWrite'];
    tenant.directory.grant({
      clientId: client ?? '',
      resourceId: graph ?? '',
      consentType: 'Principal',
      principalId: tenant.directory.findUser(names.employee)?.id ?? '',
      scopes,
    });
    const scope = 'https://graph.microsoft.com/Calendars.ReadWrite offline_access';
    const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
    const redeemFor = (resourceScope: string, refreshToken = String(body.refresh_token)) =>
      requestToken(tenant, {
        grant_type: 'refresh_token',
        client_id: tenant.apps.middleTier,
        client_secret: secret,
        refresh_token: refreshToken,
        scope: resourceScope,
      });
    return { tenant, scope, leave: `api://${tenant.apps.downstream}/Leave.Read`, redeemFor };
  }

  const turn = (tenant: TestTenant, request: string) => {
    const [method = '', path = ''] = request.split(' ');
    return fetch(`${tenant.baseUrl}/local-tenant${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
  };

  test('is redeemed for the same resource and for another one, long after the user’s token has expired', async () => {
    const { tenant, scope, leave, redeemFor } = await exchangeForCalendar();
    tenant.advance(30 * 86_400);
    const oid = tenant.directory.findUser(names.employee)?.id;
    const graph = await redeemFor(scope);
    expect(decodeJwt(String(graph.body.access_token))).toMatchObject({
      aud: 'https://graph.microsoft.com',
      scp: expect.stringContaining('Calendars.ReadWrite'),
      oid,
    });
    const downstream = await redeemFor(leave, String(graph.body.refresh_token));
    expect(decodeJwt(String(downstream.body.access_token))).toMatchObject({
      aud: tenant.apps.downstream,
      scp: expect.stringContaining('Leave.Read'),
      oid,
    });
  });

  test.each([
    ['its permission was withdrawn', 65001, (app: string) => `DELETE /consents/${app}/Calendars.ReadWrite`],
    ['every refresh token expired', 700082, () => 'DELETE /refresh-tokens'],
    ['the user’s sign-ins were revoked', 50173, () => `POST /users/${names.employee}/revocation`],
    ['every user was signed out', 70000, () => 'DELETE /sessions'],
  ])('is rejected after %s', async (_title, number, request) => {
    const { tenant, scope, redeemFor } = await exchangeForCalendar();
    await turn(tenant, request(tenant.apps.middleTier));
    expect((await redeemFor(scope)).body.error_codes).toEqual([number]);
  });

  test('still works for the others after one permission was withdrawn', async () => {
    const { tenant, leave, redeemFor } = await exchangeForCalendar();
    await turn(tenant, `DELETE /consents/${tenant.apps.middleTier}/Calendars.ReadWrite`);
    expect((await redeemFor(leave)).status).toBe(200);
    expect((await redeemFor('https://graph.microsoft.com/User.Read')).status).toBe(200);
  });

  test('outlives the user’s sign-out in the browser', async () => {
    const { tenant, scope, redeemFor } = await exchangeForCalendar();
    const signedOut = await openBrowser(tenant).open(tenant.authorityMetadata.end_session_endpoint);
    expect(signedOut.status).toBe(200);
    expect((await redeemFor(scope)).status).toBe(200);
  });
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
  for (let request = 0; request < 3; request++) await requestToken(tenant, clientCredentials(tenant));
  for (const grant_type of ['device_code', 'urn:ietf:params:oauth:grant-type:device_code'])
    await requestToken(tenant, { grant_type, client_id: tenant.apps.spa, device_code: 'unknown' });
  expect(tenant.requests).toEqual({
    authorization_code: 1,
    refresh_token: 1,
    on_behalf_of: 2,
    client_credentials: 3,
    device_code: 2,
  });
});
