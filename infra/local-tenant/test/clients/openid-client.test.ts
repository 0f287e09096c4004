import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../entra/browser.ts';
import { secret, type TestTenant, webRedirectUri } from '../entra/tenant.ts';
import { names, onBehalfOf, signInToSpa } from '../entra/users.ts';
import { openHttpsTenant, registerPublicClient, signInForDevice, signInFrom } from './https-tenant.ts';

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openHttpsTenant());
});
afterAll(() => close());

/** Discovers the tenant, and validates the signature of every ID token. */
async function discover(clientId = tenant.apps.middleTier, authentication = openid.ClientSecretPost(secret)) {
  const issuer = new URL(`${tenant.baseUrl}/${tenant.tenantId}/v2.0`);
  return openid.discovery(issuer, clientId, undefined, authentication, {
    execute: [openid.enableNonRepudiationChecks],
  });
}

async function signIn(configuration: openid.Configuration) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: webRedirectUri,
    scope: 'openid profile email offline_access User.Read',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  });
  const returned = await signInFrom(tenant, url);
  return openid.authorizationCodeGrant(configuration, returned, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
  });
}

test('discovery: everything that openid-client needs, for the requested issuer', async () => {
  const metadata = (await discover()).serverMetadata();
  expect(metadata.issuer).toBe(`${tenant.baseUrl}/${tenant.tenantId}/v2.0`);
  // Entra supports PKCE, but its metadata does not say so.
  expect(metadata.supportsPKCE()).toBe(false);
  expect(metadata.device_authorization_endpoint).toBe(
    `${tenant.baseUrl}/${tenant.tenantId}/oauth2/v2.0/devicecode`,
  );
});

test.each([
  { method: 'client_secret_post', authentication: () => openid.ClientSecretPost(secret) },
  { method: 'client_secret_basic', authentication: () => openid.ClientSecretBasic(secret) },
])('code flow with PKCE, UserInfo and refresh, authenticated by $method', async ({ authentication }) => {
  const configuration = await discover(undefined, authentication());
  const tokens = await signIn(configuration);
  const claims = tokens.claims();
  expect(claims).toMatchObject({ preferred_username: names.employee, tid: tenant.tenantId });

  const userInfo = await openid.fetchUserInfo(configuration, tokens.access_token, claims?.sub ?? '');
  expect(userInfo).toMatchObject({ sub: claims?.sub, name: 'Łukasz Dąbrowski', email: names.employee });

  const renewed = await openid.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
  expect(renewed.access_token).not.toBe(tokens.access_token);
  expect(renewed.claims()?.sub).toBe(claims?.sub);
});

test('the device authorization grant', async () => {
  const configuration = await discover(registerPublicClient(tenant), openid.None());
  const scope = 'openid offline_access User.Read';
  const device = await openid.initiateDeviceAuthorization(configuration, { scope });
  await signInForDevice(tenant, device.user_code);
  const tokens = await openid.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.01 });
  expect(tokens.claims()?.oid).toBe(tenant.directory.findUser(names.employee)?.id);
  expect(tokens.refresh_token).toEqual(expect.any(String));
});

test('client credentials', async () => {
  const scope = `api://${tenant.apps.downstream}/.default`;
  const { access_token, expires_in } = await openid.clientCredentialsGrant(await discover(), { scope });
  expect({ access_token, expires_in }).toEqual({ access_token: expect.any(String), expires_in: 3600 });
});

test('on behalf of, as a grant of its own', async () => {
  const { access_token } = await signInToSpa(tenant);
  const { grant_type, assertion, requested_token_use, scope } = onBehalfOf(tenant, access_token);
  const parameters = { assertion, requested_token_use, scope };
  const tokens = await openid.genericGrantRequest(await discover(), grant_type, parameters);
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    aud: tenant.apps.downstream,
    azp: tenant.apps.middleTier,
  });
});

test('rejections reach it as OAuth errors, at the token endpoint and in the redirect', async () => {
  const configuration = await discover(undefined, openid.ClientSecretPost('wrong'));
  await expect(openid.clientCredentialsGrant(configuration, { scope: 'x/.default' })).rejects.toMatchObject({
    status: 401,
    error: 'invalid_client',
    error_description: expect.stringMatching(/^AADSTS7000215: /),
  });
  const silent = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: webRedirectUri,
    scope: 'openid',
    prompt: 'none',
  });
  const { response } = await openBrowser(tenant).open(silent);
  const returned = new URL(response.headers.get('location') ?? '');
  await expect(openid.authorizationCodeGrant(configuration, returned)).rejects.toMatchObject({
    error: 'login_required',
    error_description: expect.stringMatching(/^AADSTS50058: /),
  });
});
