import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { openTenant, postForm, requestToken, type TestTenant } from './tenant.ts';
import { clientCredentials, fromSpa, getCode, redeem } from './token-requests.ts';
import { onBehalfOf, refresh, signInToSpa } from './users.ts';

/** The `resource` parameter of RFC 8707, as Entra ID treats it since March 2026. */
let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
});
beforeEach(() => tenant.forgetConsents());
afterAll(() => close());

const middleTier = () => `api://${tenant.apps.middleTier}`;
const downstream = () => `api://${tenant.apps.downstream}`;
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

interface ResourceRequest {
  request: string;
  /** Returns the identifier URI of the resource that the scopes belong to. */
  named(): string;
  /** Sends the request, and returns the response. */
  send(resource: string): Promise<Record<string, unknown>>;
}

const requests: readonly ResourceRequest[] = [
  {
    request: 'a redeemed code',
    named: middleTier,
    send: async (resource: string) =>
      (await requestToken(tenant, redeem(tenant, await getCode(tenant), { resource }), fromSpa)).body,
  },
  {
    request: 'a redeemed refresh token',
    named: middleTier,
    async send(resource: string) {
      const { refresh_token } = await signInToSpa(tenant);
      return (await requestToken(tenant, refresh(tenant, refresh_token, { resource }), fromSpa)).body;
    },
  },
  {
    request: 'an exchange on behalf of a user',
    named: downstream,
    async send(resource: string) {
      const { access_token } = await signInToSpa(tenant);
      return (await requestToken(tenant, onBehalfOf(tenant, access_token, { resource }))).body;
    },
  },
  {
    request: 'client credentials',
    named: downstream,
    send: async (resource: string) =>
      (await requestToken(tenant, clientCredentials(tenant, { resource }))).body,
  },
  {
    request: 'a device authorization',
    named: () => 'https://graph.microsoft.com',
    send: async (resource: string) =>
      (
        await postForm(`${tenant.baseUrl}/${tenant.tenantId}/oauth2/v2.0/devicecode`, {
          client_id: azureCli,
          scope: 'User.Read',
          resource,
        })
      ).body,
  },
  {
    request: 'an authorization request',
    named: middleTier,
    async send(resource: string) {
      const { answer, steps } = await openBrowser(tenant).authorize({ resource });
      return { ...answer, ...(steps.includes('account') && { page: 'sign-in' }) };
    },
  },
];

describe.each(requests)('$request', ({ named, send }) => {
  test('continues when resource is the identifier URI of the scopes’ resource', async () => {
    const body = await send(named());
    expect(body).not.toHaveProperty('error');
    expect(Object.keys(body).some((name) => ['access_token', 'device_code', 'page'].includes(name))).toBe(
      true,
    );
  });

  test.each([
    { what: 'the URI in upper case', other: () => named().toUpperCase() },
    { what: 'the URI and a path', other: () => `${named()}/mcp` },
    { what: 'the identifier URI of another API', other: () => `${middleTier()}-other` },
    { what: 'an unknown URL', other: () => 'https://mcp.example/' },
  ])('is rejected with AADSTS9010010 when resource is $what', async ({ other }) => {
    const body = await send(other());
    expect(body.error).toBe('invalid_target');
    expect(body.error_description).toMatch(/^AADSTS9010010: /);
    expect(body).not.toHaveProperty('access_token');
  });
});

test.each([
  { resource: 'https://graph.microsoft.com', continues: true },
  { resource: 'https://graph.microsoft.com/', continues: true },
  { resource: 'https://graph.microsoft.com/v1.0', continues: false },
])('Microsoft Graph has both spellings: $resource', async ({ resource, continues }) => {
  const scope = 'https://graph.microsoft.com/.default';
  const { status } = await requestToken(tenant, clientCredentials(tenant, { scope, resource }));
  expect(status).toBe(continues ? 200 : 400);
});

test('a trailing slash is another name for an API of one’s own', async () => {
  const { body } = await requestToken(tenant, clientCredentials(tenant, { resource: `${downstream()}/` }));
  expect(body).toMatchObject({ error: 'invalid_target', error_codes: [9010010] });
});
