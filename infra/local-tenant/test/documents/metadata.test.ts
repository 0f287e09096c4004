import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openTenant, type TestTenant } from '../entra/tenant.ts';
import { signInToSpa } from '../entra/users.ts';
import { testFields } from './fields.ts';

/**
 * MicrosoftDocs/entra-docs, docs/identity-platform: v2-protocols-oidc.md (2023-09), userinfo.md (2023-12); OpenID Connect
 * Discovery §3.
 */
let tenant: TestTenant;
let close: () => void;
let configuration: Record<string, unknown> = {};
let userInfo: Record<string, unknown> = {};
let userInfoSubject: unknown;
const record = z.record(z.string(), z.unknown());
const getJson = async (url: string, headers: Record<string, string> = {}) =>
  record.parse(await (await fetch(url, { headers })).json());

beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  configuration = await getJson(`${tenant.baseUrl}/${tenant.tenantId}/v2.0/.well-known/openid-configuration`);
  const scopes = ['openid', 'profile', 'email', 'User.Read'];
  const { access_token, id_token = '' } = await signInToSpa(tenant, { scopes });
  userInfoSubject = decodeJwt(id_token).sub;
  userInfo = await getJson(String(configuration.userinfo_endpoint), {
    Authorization: `Bearer ${access_token}`,
  });
});
afterAll(() => close());

testFields(
  'OpenID configuration',
  () => configuration,
  {
    issuer: 'a URL',
    authorization_endpoint: 'a URL',
    token_endpoint: 'a URL',
    token_endpoint_auth_methods_supported: 'a list of texts',
    jwks_uri: 'a URL',
    userinfo_endpoint: 'a URL',
    subject_types_supported: 'a list of texts',
    device_authorization_endpoint: 'a URL',
    end_session_endpoint: 'a URL',
    response_types_supported: 'a list of texts',
    id_token_signing_alg_values_supported: 'a list of texts',
    registration_endpoint: 'absent',
    code_challenge_methods_supported: 'absent',
  },
  Object.fromEntries(
    [
      'response_modes_supported',
      'scopes_supported',
      'request_uri_parameter_supported',
      'http_logout_supported',
      'frontchannel_logout_supported',
      'claims_supported',
      'tenant_region_scope',
      'cloud_instance_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'rbac_url',
    ].map((name) => [name, 'the page cuts the document short']),
  ),
);
testFields('UserInfo response', () => userInfo, {
  sub: 'opaque text',
  name: 'text',
  family_name: 'text',
  given_name: 'text',
  picture: 'a URL',
  email: 'text',
});

test('UserInfo has the subject of the ID token', () => {
  expect(userInfo.sub).toBe(userInfoSubject);
});

test.each([
  { scopes: ['openid', 'User.Read'], names: ['sub'] },
  { scopes: ['openid', 'email', 'User.Read'], names: ['sub', 'email'] },
  { scopes: ['User.Read'], names: ['error'] },
])('UserInfo for $scopes has $names', async ({ scopes, names }) => {
  tenant.forgetConsents();
  const { access_token } = await signInToSpa(tenant, { scopes });
  const answer = await getJson(String(configuration.userinfo_endpoint), {
    Authorization: `Bearer ${access_token}`,
  });
  expect(Object.keys(answer)).toEqual(names);
});

test.each([
  { segment: 'the tenant’s domain', path: 'contoso.example', issuer: (id: string) => id },
  { segment: 'common', path: 'common', issuer: () => '{tenantid}' },
  { segment: 'organizations', path: 'organizations', issuer: () => '{tenantid}' },
])('the issuer under $segment', async ({ path, issuer }) => {
  const document = await getJson(`${tenant.baseUrl}/${path}/v2.0/.well-known/openid-configuration`);
  expect(document.issuer).toBe(`${tenant.baseUrl}/${issuer(tenant.tenantId)}/v2.0`);
});

test('every page may read configuration and keys, without credentials', async () => {
  for (const url of [
    `${tenant.baseUrl}/common/v2.0/.well-known/openid-configuration`,
    String(configuration.jwks_uri),
  ]) {
    const { headers } = await fetch(url, { headers: { Origin: 'https://anywhere.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test('a key is published as RFC 7517 requires, with its certificate', async () => {
  const { keys } = z.object({ keys: z.array(record) }).parse(await getJson(String(configuration.jwks_uri)));
  expect(keys).toEqual([
    {
      kty: 'RSA',
      use: 'sig',
      kid: expect.any(String),
      x5t: keys[0]?.kid,
      n: expect.any(String),
      e: 'AQAB',
      x5c: [expect.any(String)],
      issuer: configuration.issuer,
    },
  ]);
});
