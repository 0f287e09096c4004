import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { requestToken, secret, startTenant, type TestTenant } from './tenant.ts';
import { clientCredentials, fromSpa, getCode, redeem } from './token-requests.ts';
import { names, onBehalfOf, signInToSpa } from './users.ts';

const keysOf = (tenant: TestTenant) => createLocalJWKSet({ keys: tenant.signingKeys.published() });
const guid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const opaque = expect.stringMatching(/^[A-Za-z0-9._-]{10,}$/);
const seconds = expect.any(Number);

test('a v2 access token has Entra’s claims', async () => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const { payload, protectedHeader } = await jwtVerify(access_token, keysOf(tenant));
  const { kid } = tenant.signingKeys.current();
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid });
  expect(payload).toEqual({
    aud: tenant.apps.middleTier,
    iss: `${tenant.baseUrl}/${tenant.tenantId}/v2.0`,
    iat: seconds,
    nbf: payload.iat,
    exp: (payload.iat ?? 0) + 3600,
    acct: 0,
    aio: opaque,
    azp: tenant.apps.spa,
    azpacr: '0',
    idtyp: 'user',
    name: 'Łukasz Dąbrowski',
    oid: tenant.directory.findUser(names.employee)?.id,
    preferred_username: names.employee,
    rh: opaque,
    scp: 'access_as_user',
    sid: guid,
    sub: opaque,
    tid: tenant.tenantId,
    uti: opaque,
    ver: '2.0',
  });
});

test('a v1 access token, as Microsoft Graph gets it, has Entra’s claims', async () => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const scope = 'https://graph.microsoft.com/User.Read';
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
  const { payload, protectedHeader } = await jwtVerify(String(body.access_token), keysOf(tenant));
  const { kid } = tenant.signingKeys.current();
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid, x5t: kid });
  expect(payload).toEqual({
    aud: 'https://graph.microsoft.com',
    iss: `${tenant.baseUrl}/${tenant.tenantId}/`,
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    acr: '1',
    aio: opaque,
    amr: ['pwd'],
    app_displayname: 'obo-middle-tier-api',
    appid: tenant.apps.middleTier,
    appidacr: '1',
    family_name: 'Dąbrowski',
    given_name: 'Łukasz',
    idtyp: 'user',
    name: 'Łukasz Dąbrowski',
    oid: tenant.directory.findUser(names.employee)?.id,
    rh: opaque,
    scp: 'User.Read',
    sid: guid,
    sub: opaque,
    tid: tenant.tenantId,
    unique_name: names.employee,
    upn: names.employee,
    uti: opaque,
    ver: '1.0',
    wids: [],
  });
});

test('an ID token has Entra’s claims, and those that the claims parameter requests', async () => {
  const tenant = await startTenant();
  const claims = JSON.stringify({ id_token: { login_hint: null, signin_state: { essential: false } } });
  const { id_token = '' } = await signInToSpa(tenant, { parameters: { nonce: 'the-nonce', claims } });
  const { payload } = await jwtVerify(id_token, keysOf(tenant));
  expect(payload).toEqual({
    aud: tenant.apps.spa,
    iss: `${tenant.baseUrl}/${tenant.tenantId}/v2.0`,
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    login_hint: opaque,
    name: 'Łukasz Dąbrowski',
    nonce: 'the-nonce',
    oid: tenant.directory.findUser(names.employee)?.id,
    preferred_username: names.employee,
    rh: opaque,
    sid: guid,
    signin_state: [],
    sub: opaque,
    tid: tenant.tenantId,
    uti: opaque,
    ver: '2.0',
  });
});

test('a user has another subject in each application, and the same one each time', async () => {
  const tenant = await startTenant();
  const first = await signInToSpa(tenant);
  const second = await signInToSpa(tenant);
  const subject = (token = '') => decodeJwt(token).sub;
  expect(subject(first.access_token)).toBe(subject(second.access_token));
  expect(subject(first.access_token)).not.toBe(subject(first.id_token));
  expect(decodeJwt(first.access_token).uti).not.toBe(decodeJwt(second.access_token).uti);
});

test('a guest’s tokens have the identity provider, the mail address, and the account in the home tenant', async () => {
  const tenant = await startTenant();
  const tokens = await signInToSpa(tenant, { username: names.guest });
  const user = tenant.directory.users.find(({ mail }) => mail === names.guest);
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    acct: 1,
    idp: `https://sts.windows.net/${user?.homeTenantId}/`,
    oid: user?.id,
    preferred_username: names.guest,
    tid: tenant.tenantId,
  });
  const account = JSON.parse(Buffer.from(tokens.client_info ?? '', 'base64url').toString());
  expect(account).toEqual({ uid: guid, utid: user?.homeTenantId });
  expect(account.uid).not.toBe(user?.id);
});

test.each([
  ['with the claims of its redemption', undefined, { values: ['cp1'] }, ['CP1']],
  ['with those of the sign-in, if its redemption has none', { values: ['cp1'] }, undefined, ['CP1']],
  ['without those of the sign-in, if its redemption has others', { values: ['cp1'] }, {}, undefined],
])('a code is redeemed %s', async (_title, atSignIn, atRedemption, capabilities) => {
  const tenant = await startTenant();
  const claims = (xms_cc: object | undefined) => xms_cc && JSON.stringify({ access_token: { xms_cc } });
  const code = await getCode(tenant, { claims: claims(atSignIn) });
  const changes = atRedemption && { claims: claims(atRedemption) ?? '' };
  const { body } = await requestToken(tenant, redeem(tenant, code, changes), fromSpa);
  expect(decodeJwt(String(body.access_token)).xms_cc).toEqual(capabilities);
});

test('a code is redeemed for the scope of the redemption, if it names one', async () => {
  const tenant = await startTenant();
  const scope = `${tenant.spaScope} https://graph.microsoft.com/openid`;
  await getCode(tenant, { scope: `openid ${tenant.spaScope}` });
  const code = await getCode(tenant, { scope: 'openid profile' });
  const { body } = await requestToken(tenant, redeem(tenant, code, { scope }), fromSpa);
  expect(decodeJwt(String(body.access_token)).aud).toBe(tenant.apps.middleTier);
});

test('optional claims are included only if the API registered them', async () => {
  const tenant = await startTenant();
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } });
  const { access_token } = await signInToSpa(tenant, { parameters: { claims } });
  expect(decodeJwt(access_token)).toMatchObject({ idtyp: 'user', acct: 0, xms_cc: ['CP1'] });
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { claims }));
  for (const name of ['idtyp', 'acct', 'xms_cc'])
    expect(decodeJwt(String(body.access_token))).not.toHaveProperty(name);
});

test.each(['openid', 'openid offline_access profile', 'email'])(
  'client credentials get a token for /.default with %s beside it, which MSAL for Go sends',
  async (others) => {
    const tenant = await startTenant();
    const scope = `api://${tenant.apps.downstream}/.default ${others}`;
    const { status, body } = await requestToken(tenant, clientCredentials(tenant, { scope }));
    expect(status).toBe(200);
    expect(decodeJwt(String(body.access_token)).aud).toBe(tenant.apps.downstream);
    expect(body).not.toHaveProperty('id_token');
    expect(body).not.toHaveProperty('refresh_token');
  },
);

test('an application’s own token has its app roles, its service principal as subject, and no user', async () => {
  const tenant = await startTenant();
  const role = {
    id: crypto.randomUUID(),
    value: 'Leave.Audit',
    displayName: 'Audit',
    description: 'Audit',
    isEnabled: true,
  };
  tenant.directory
    .findApplication(tenant.apps.downstream)
    ?.appRoles.push({ ...role, allowedMemberTypes: ['Application'] });
  const principal = tenant.directory.findServicePrincipal(tenant.apps.middleTier);
  const resource = tenant.directory.findServicePrincipal(tenant.apps.downstream);
  tenant.directory.state.appRoleAssignments.push({
    id: 'assignment',
    principalId: principal?.id ?? '',
    resourceId: resource?.id ?? '',
    appRoleId: role.id,
  });
  const { body } = await requestToken(tenant, {
    grant_type: 'client_credentials',
    client_id: tenant.apps.middleTier,
    client_secret: secret,
    scope: `api://${tenant.apps.downstream}/.default`,
  });
  expect(body).toEqual({
    token_type: 'Bearer',
    expires_in: 3600,
    ext_expires_in: 3600,
    access_token: expect.any(String),
  });
  expect(decodeJwt(String(body.access_token))).toEqual({
    aud: tenant.apps.downstream,
    iss: `${tenant.baseUrl}/${tenant.tenantId}/v2.0`,
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    aio: opaque,
    azp: tenant.apps.middleTier,
    azpacr: '1',
    oid: principal?.id,
    rh: opaque,
    roles: ['Leave.Audit'],
    sub: principal?.id,
    tid: tenant.tenantId,
    uti: opaque,
    ver: '2.0',
  });
});

test.each([
  { asked: 'api', aud: (app: string) => `api://${app}` },
  { asked: 'guid', aud: (app: string) => app },
])('a v1 token has the resource’s name from the request as audience ($asked)', async ({ asked, aud }) => {
  const tenant = await startTenant();
  const { downstream } = tenant.apps;
  const api = tenant.directory.findApplication(downstream)?.api;
  if (api) api.requestedAccessTokenVersion = null;
  const { access_token } = await signInToSpa(tenant);
  const scope = `${asked === 'api' ? `api://${downstream}` : downstream}/Leave.Read`;
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
  expect(decodeJwt(String(body.access_token))).toMatchObject({ aud: aud(downstream), ver: '1.0' });
  expect(decodeProtectedHeader(String(body.access_token)).x5t).toBe(tenant.signingKeys.current().kid);
});

test.each([
  {
    sent: (app: string) => `api://${app}/.default`,
    echoed: (app: string) => [
      `api://${app}/.default`,
      `api://${app}/Leave.Read`,
      `api://${app}/Leave.ReadWrite`,
    ],
  },
  {
    sent: (app: string) => `api://${app}/leave.read offline_access openid`,
    echoed: (app: string) => [`api://${app}/leave.read`, `api://${app}/Leave.ReadWrite`],
  },
  { sent: () => 'User.Read', echoed: () => ['User.Read'] },
  {
    sent: () => 'https://graph.microsoft.com/User.Read',
    echoed: () => ['https://graph.microsoft.com/User.Read'],
  },
])('scopes are returned as they were sent, with the token’s other scopes', async ({ sent, echoed }) => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const { body } = await requestToken(
    tenant,
    onBehalfOf(tenant, access_token, { scope: sent(tenant.apps.downstream) }),
  );
  expect(String(body.scope).split(' ')).toEqual(echoed(tenant.apps.downstream));
});

test.each([
  { what: 'long-lived tokens have', lifetimes: { accessToken: 7200 }, refreshIn: 3600 },
  { what: 'others do not have', lifetimes: {}, refreshIn: undefined },
  { what: 'others have, if so configured,', lifetimes: { renewal: 120 }, refreshIn: 120 },
])('$what a time to renew them', async ({ lifetimes, refreshIn }) => {
  const tenant = await startTenant();
  Object.assign(tenant.lifetimes, lifetimes);
  const { access_token } = await signInToSpa(tenant);
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  const { accessToken } = tenant.lifetimes;
  expect(body).toMatchObject({ expires_in: accessToken, ext_expires_in: accessToken });
  expect(body.refresh_in).toBe(refreshIn);
});
