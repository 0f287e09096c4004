import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import {
  type JsonResponse,
  openTenant,
  requestToken,
  secret,
  spaRedirectUri,
  type TestTenant,
} from './tenant.ts';
import { addSecret, clientCredentials, fromSpa, getCode, redeem } from './token-requests.ts';

/** One registration as client and API, as many tutorials have it. */
const appId = randomUUID();
const byUri = `api://${appId}`;
let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  const scopeId = randomUUID();
  tenant.register({
    appId,
    displayName: 'one-for-both',
    identifierUris: [byUri],
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [{ id: scopeId, value: 'access_as_user' }],
    },
    requiredResourceAccess: [{ resourceAppId: appId, resourceAccess: [{ id: scopeId, type: 'Scope' }] }],
    spa: { redirectUris: [spaRedirectUri] },
  });
  addSecret(tenant, appId);
});
beforeEach(() => tenant.forgetConsents());
afterAll(() => close());

const codeFor = (scope: string) => getCode(tenant, { client_id: appId, scope });
const redeemed = async (scope: string): Promise<JsonResponse> =>
  requestToken(tenant, redeem(tenant, await codeFor(scope), { client_id: appId, scope }), fromSpa);
const refreshed = async (first: string, scope: string): Promise<JsonResponse> => {
  const { body } = await redeemed(`${first} offline_access`);
  return requestToken(
    tenant,
    { grant_type: 'refresh_token', client_id: appId, refresh_token: String(body.refresh_token), scope },
    fromSpa,
  );
};
const ownCredentials = (scope: string): Promise<JsonResponse> =>
  requestToken(tenant, clientCredentials(tenant, { client_id: appId, client_secret: secret, scope }));

describe('an application gets a token for itself', () => {
  test.each([
    { how: 'by a code, for a scope by URI', send: () => redeemed(`${byUri}/access_as_user`) },
    { how: 'by a code, for a scope by client ID', send: () => redeemed(`${appId}/access_as_user`) },
    { how: 'by a code, for .default of its client ID', send: () => redeemed(`${appId}/.default`) },
    {
      how: 'by a refresh with the scope by URI',
      send: () => refreshed(`${byUri}/access_as_user`, `${byUri}/access_as_user`),
    },
    {
      how: 'by a refresh without a scope, after one by client ID',
      send: () => refreshed(`${appId}/access_as_user`, ''),
    },
    {
      how: 'by client credentials, for .default of its URI',
      send: () => ownCredentials(`${byUri}/.default`),
    },
    {
      how: 'by client credentials, for .default of its client ID',
      send: () => ownCredentials(`${appId}/.default`),
    },
  ])('$how', async ({ send }) => {
    const { status, body } = await send();
    expect(body).not.toHaveProperty('error');
    expect(status).toBe(200);
    expect(decodeJwt(String(body.access_token))).toMatchObject({ aud: appId, ver: '2.0', azp: appId });
  });
});

describe('AADSTS90009 when an application requests a token for itself', () => {
  test('by a refresh without a scope, after one by URI', async () => {
    const { body } = await refreshed(`${byUri}/access_as_user`, '');
    expect(body).toMatchObject({ error: 'invalid_request', error_codes: [90009] });
  });

  test('by an authorization request for .default of its URI', async () => {
    const { answer } = await openBrowser(tenant).authorize({ client_id: appId, scope: `${byUri}/.default` });
    expect(answer.error).toBe('invalid_request');
    expect(answer.error_description).toMatch(/^AADSTS90009: /);
  });
});
