import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { openTenant, requestToken, type TestTenant } from './tenant.ts';
import { onBehalfOf } from './users.ts';

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
});
afterAll(() => close());

test.each(['password', 'urn:ietf:params:oauth:grant-type:saml2-bearer'])(
  'the %s grant is rejected with a note that it exists in Entra ID but not here',
  async (grant_type) => {
    const { status, body } = await requestToken(tenant, { grant_type, client_id: tenant.apps.spa });
    expect(status).toBe(400);
    expect(body.error).toBe('unsupported_grant_type');
    expect(body.error_description).toMatch(/AADSTS70003: .*\(Local tenant: .* not implemented here/);
  },
);

test.each([
  ['urn:ietf:params:oauth:grant-type:token-exchange', 'token exchange'],
  ['implicit', 'an unknown grant type'],
])('the grant type %s, which Entra ID does not support either, is rejected', async (grant_type) => {
  const { body } = await requestToken(tenant, { grant_type, client_id: tenant.apps.spa });
  expect(body).toMatchObject({ error: 'unsupported_grant_type', error_codes: [70003] });
});

test.each([
  {
    what: 'a SAML assertion on behalf of a user',
    parameters: { requested_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
  },
  { what: 'a token bound to a key', parameters: { token_type: 'pop', req_cnf: 'x' } },
  { what: 'a token bound to a certificate', parameters: { token_type: 'mtls_pop' } },
])('$what is rejected, and no bearer token is sent instead', async ({ parameters }) => {
  const { status, body } = await requestToken(tenant, { ...onBehalfOf(tenant, 'token'), ...parameters });
  expect(status).toBe(400);
  expect(body.error_description).toMatch(/AADSTS90023: .*\(Local tenant: .* not implemented here/);
  expect(body).not.toHaveProperty('access_token');
});

test.each(['token', 'id_token', 'code id_token', 'code token'])(
  'response_type=%s is rejected even where the registration allows it',
  async (response_type) => {
    const application = tenant.directory.findApplication(tenant.apps.spa);
    if (!application) throw new Error('The SPA is not registered.');
    application.web.implicitGrantSettings = { enableAccessTokenIssuance: true, enableIdTokenIssuance: true };
    const { answer } = await openBrowser(tenant).authorize({ response_type, nonce: 'x' });
    expect(answer.error).toBe('unsupported_response_type');
    expect(answer.error_description).toMatch(/not implemented here/);
  },
);

test.each([
  { name: 'request', error: 'request_not_supported' },
  { name: 'request_uri', error: 'request_uri_not_supported' },
])('a request object in $name is rejected', async ({ name, error }) => {
  const { answer } = await openBrowser(tenant).authorize({ [name]: 'https://localhost/request.jwt' });
  expect(answer.error).toBe(error);
  expect(answer.error_description).toMatch(/AADSTS90023: .*not implemented here/);
});

test('a user flow of B2C that is named by a parameter is rejected', async () => {
  const { answer } = await openBrowser(tenant).authorize({ p: 'B2C_1_sign_in' });
  expect(answer.error_description).toMatch(/AADSTS90023: .*B2C are not implemented here/);
});

test('signing up (prompt=create) is rejected', async () => {
  const { answer } = await openBrowser(tenant).authorize({ prompt: 'create' });
  expect(answer.error_description).toMatch(/AADSTS90023: .*users cannot sign up here/);
});

test.each([
  'oauth2/authorize',
  'oauth2/token',
  'oauth2/devicecode',
  'saml2',
  'wsfed',
  'federationmetadata/2007-06/federationmetadata.xml',
  'B2C_1_sign_in/oauth2/v2.0/authorize',
  '.well-known/openid-configuration',
  'discovery/keys',
  'discovery/instance?api-version=1.1&authorization_endpoint=https://login.microsoftonline.com/common',
  'openid/userinfo',
  'oauth2/v2.0/initiate',
  'signup/v1.0/start',
])('/{tenant}/%s answers 501, as JSON and as a page', async (path) => {
  const url = `${tenant.baseUrl}/${tenant.tenantId}/${path}`;
  const toProgram = await fetch(url, { method: 'POST', headers: { Accept: 'application/json' } });
  expect(toProgram.status).toBe(501);
  expect(await toProgram.json()).toEqual({
    error: 'not_implemented',
    error_description: expect.stringMatching(
      /^The local tenant does not implement .*Microsoft Entra ID does\.$/,
    ),
  });
  const toUser = await fetch(url, { headers: { Accept: 'text/html' } });
  expect(toUser.status).toBe(501);
  expect(await toUser.text()).toContain('The local tenant does not implement');
});

test.each([
  { what: 'token revocation (RFC 7009)', path: '{tenant}/oauth2/v2.0/revoke' },
  { what: 'token introspection (RFC 7662)', path: '{tenant}/oauth2/v2.0/introspect' },
  {
    what: 'discovery with the path inserted (RFC 8414)',
    path: '.well-known/oauth-authorization-server/{tenant}/v2.0',
  },
  {
    what: 'OpenID Connect discovery with the path inserted',
    path: '.well-known/openid-configuration/{tenant}/v2.0',
  },
  {
    what: 'OAuth discovery with the path appended',
    path: '{tenant}/v2.0/.well-known/oauth-authorization-server',
  },
])('Entra ID has no $what, so it is not found here either', async ({ path }) => {
  for (const method of ['GET', 'POST']) {
    const url = `${tenant.baseUrl}/${path.replace('{tenant}', tenant.tenantId)}`;
    const { status } = await fetch(url, { method, headers: { Accept: 'application/json' } });
    expect(status).toBe(404);
  }
});
