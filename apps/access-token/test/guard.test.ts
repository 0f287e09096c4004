import { createHealth, createService, type Listening, listen, route } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { Router } from 'express';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { authorityOf } from '../src/configuration.ts';
import { accessTokenOf, createAccessTokenGuard } from '../src/guard.ts';
import { type Validator, validators } from '../src/verify-token.ts';
import {
  api,
  client,
  type Forge,
  otherApi,
  otherTenantId,
  scope,
  startForge,
  tenantId,
} from '../testing/forge.ts';

let forge: Forge;
const servers: Listening[] = [];

beforeAll(async () => {
  forge = await startForge();
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await forge.close();
});

type Options = Partial<Parameters<typeof createAccessTokenGuard>[0]> & {
  environment?: Record<string, unknown>;
  /** The scopes of which the route requires one. */
  scopes?: [string, ...string[]];
};

async function serve(validator: Validator, { environment = {}, scopes = [scope], ...options }: Options = {}) {
  const authority = {
    ...authorityOf({
      TENANT_ID: tenantId,
      AUTHORITY: `https://login.microsoftonline.com/${tenantId}`,
      ...environment,
    }),
    jwksUri: forge.jwksUri,
  };
  const guard = createAccessTokenGuard({
    authority,
    clientId: api,
    allowedClientIds: [client],
    validator,
    ...options,
  });
  const routes = Router();
  route(routes, '/who', {
    get: [
      guard.requireScope(...scopes),
      (_request, response) => void response.json(accessTokenOf(response).claims),
    ],
  });
  const logger = createTestLogger('test');
  const app = createService({ logger, health: createHealth({ keys: guard.ready }), openapi: {}, routes });
  const server = await listen(app, { host: 'localhost', port: 0 });
  servers.push(server);
  return async (token: string) => {
    const response = await fetch(`${server.url}/who`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  };
}

const v1 = (changes = {}) => ({
  iss: `https://sts.windows.net/${tenantId}/`,
  aud: `api://${api}`,
  ver: '1.0',
  azp: undefined,
  appid: client,
  ...changes,
});

const issuerOf = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`;
const issuerV1Of = (tenant: string): string => `https://sts.windows.net/${tenant}/`;

/** Tokens that the guard of a single-tenant, a v1.0 or a multi-tenant API accepts if the key is right. */
const signedTokens = {
  'our tenant': { environment: {}, make: () => forge.valid() },
  'our tenant, v1.0': {
    environment: { ISSUER_V1: issuerV1Of(tenantId) },
    make: () => forge.valid(v1()),
  },
  'another allowed tenant': {
    environment: { ALLOWED_TENANT_IDS: [tenantId, otherTenantId] },
    make: () => forge.valid({ tid: otherTenantId, iss: issuerOf(otherTenantId) }),
  },
  'our tenant, if others are allowed': {
    environment: { ALLOWED_TENANT_IDS: [tenantId, otherTenantId] },
    make: () => forge.valid(),
  },
};

/** Members of the published key, and whether it verifies tokens of which tenant. */
const keyRows: [status: number, title: string, token: keyof typeof signedTokens, members: object][] = [
  [200, 'names no issuer', 'our tenant', {}],
  [200, 'names our issuer', 'our tenant', { issuer: issuerOf(tenantId) }],
  [200, 'names the issuer of every tenant', 'our tenant', { issuer: issuerOf('{tenantid}') }],
  [401, 'names another tenant', 'our tenant', { issuer: issuerOf(otherTenantId) }],
  [
    401,
    'names personal accounts',
    'our tenant',
    { issuer: issuerOf('9188040d-6c67-4c5b-b112-36a304b66dad') },
  ],
  [401, 'names common', 'our tenant', { issuer: issuerOf('common') }],
  [
    401,
    'names our tenant at another host',
    'our tenant',
    { issuer: `https://login.example/${tenantId}/v2.0` },
  ],
  [401, 'names our issuer, and more', 'our tenant', { issuer: `${issuerOf(tenantId)}/${otherTenantId}` }],
  [401, 'names an empty issuer', 'our tenant', { issuer: '' }],
  [401, 'names issuers in a list', 'our tenant', { issuer: [issuerOf(tenantId)] }],
  [401, 'names the v1.0 issuer, which is not accepted', 'our tenant', { issuer: issuerV1Of(tenantId) }],
  [200, 'names no issuer', 'our tenant, v1.0', {}],
  [200, 'names our v1.0 issuer', 'our tenant, v1.0', { issuer: issuerV1Of(tenantId) }],
  [200, 'names our v2.0 issuer', 'our tenant, v1.0', { issuer: issuerOf(tenantId) }],
  [401, 'names another tenant', 'our tenant, v1.0', { issuer: issuerV1Of(otherTenantId) }],
  [200, 'names its issuer', 'another allowed tenant', { issuer: issuerOf(otherTenantId) }],
  [200, 'names the issuer of every tenant', 'another allowed tenant', { issuer: issuerOf('{tenantid}') }],
  [200, 'names the tenant it was fetched for', 'another allowed tenant', { issuer: issuerOf(tenantId) }],
  [401, 'names a third tenant', 'another allowed tenant', { issuer: issuerOf(otherApi) }],
  [401, 'names the other tenant', 'our tenant, if others are allowed', { issuer: issuerOf(otherTenantId) }],
  [401, 'is for encryption', 'our tenant', { use: 'enc' }],
  [401, 'is for encryption by its operations', 'our tenant', { key_ops: ['encrypt'] }],
  [200, 'verifies by its operations', 'our tenant', { key_ops: ['verify'] }],
  [200, 'has no use', 'our tenant', { use: undefined }],
  [401, 'is for another algorithm', 'our tenant', { alg: 'RS512' }],
  [401, 'has an empty ID', 'our tenant', { kid: '' }],
];

describe.each(validators)('%s', (validator) => {
  test.each(keyRows)(
    'answers %i if the key %s, to a token from %s',
    async (status, _title, token, members) => {
      const { environment, make } = signedTokens[token];
      forge.publish('current', members);
      onTestFinished(() => forge.publish('current'));
      const ask = await serve(validator, { environment });
      expect(await ask(make())).toMatchObject({ status });
    },
  );

  test('an API for v1.0 tokens accepts its Application ID URI and its client ID as audience', async () => {
    const ask = await serve(validator, {
      environment: { ISSUER_V1: `https://sts.windows.net/${tenantId}/` },
    });
    expect(await ask(forge.valid(v1()))).toMatchObject({ status: 200, body: { azp: client } });
    expect(await ask(forge.valid(v1({ aud: api })))).toMatchObject({ status: 200 });
    expect(await ask(forge.valid())).toMatchObject({ status: 200 });
    expect(await ask(forge.valid(v1({ aud: `api://${otherApi}` })))).toMatchObject({ status: 401 });
    expect(await ask(forge.valid(v1({ appid: otherApi })))).toMatchObject({
      status: 403,
      body: { code: 'client_not_allowed' },
    });
    expect(await ask(forge.valid(v1({ iss: forge.issuer })))).toMatchObject({ status: 401 });
    expect(await ask(forge.valid({ iss: `https://sts.windows.net/${tenantId}/` }))).toMatchObject({
      status: 401,
    });
  });

  test('an API with its own Application ID URI accepts that as the audience of v1.0 tokens, and no other', async () => {
    const appIdUri = `api://contoso.example/${api}`;
    const ask = await serve(validator, {
      environment: { ISSUER_V1: `https://sts.windows.net/${tenantId}/` },
      appIdUri,
    });
    expect(await ask(forge.valid(v1({ aud: appIdUri })))).toMatchObject({ status: 200 });
    expect(await ask(forge.valid(v1()))).toMatchObject({ status: 401 });
  });

  test('a multi-tenant API accepts the tenants on its list, each with its own issuer', async () => {
    const ask = await serve(validator, { environment: { ALLOWED_TENANT_IDS: [tenantId, otherTenantId] } });
    const other = { tid: otherTenantId, iss: `https://login.microsoftonline.com/${otherTenantId}/v2.0` };
    expect(await ask(forge.valid())).toMatchObject({ status: 200 });
    expect(await ask(forge.valid(other))).toMatchObject({ status: 200, body: { tid: otherTenantId } });
    expect(await ask(forge.valid({ ...other, tid: tenantId }))).toMatchObject({ status: 401 });
    expect(await ask(forge.valid({ tid: otherTenantId }))).toMatchObject({ status: 401 });
    const third = { tid: otherApi, iss: `https://login.microsoftonline.com/${otherApi}/v2.0` };
    expect(await ask(forge.valid(third))).toMatchObject({
      status: 403,
      body: { code: 'tenant_not_allowed' },
    });
  });
});

describe('a route that accepts several scopes', () => {
  test.each([
    ['the first', 'Leave.Read', 200],
    ['the second', 'Leave.ReadWrite', 200],
    ['both', 'Leave.ReadWrite Leave.Read', 200],
    ['neither', 'Leave', 403],
    ['none', '', 403],
  ])('answers a token with %s: %s', async (_title, scp, status) => {
    const ask = await serve(validators[0], { scopes: ['Leave.Read', 'Leave.ReadWrite'] });
    expect(await ask(forge.valid({ scp }))).toMatchObject({ status });
  });
});

describe('the explanation of a rejected token', () => {
  test('is absent unless it is enabled', async () => {
    const ask = await serve(validators[0]);
    expect((await ask(forge.valid({ aud: otherApi }))).body).not.toHaveProperty('explanation');
  });

  test('names the own Application ID URI of the API', async () => {
    const ask = await serve(validators[0], {
      explainRejections: true,
      appIdUri: `api://contoso.example/${api}`,
    });
    const { body } = await ask(forge.valid({ aud: otherApi }));
    expect(body).toHaveProperty(
      'explanation.remedy',
      expect.stringContaining(`api://contoso.example/${api}/.default`),
    );
  });

  const rows: [string, () => string, RegExp, RegExp][] = [
    [
      'a Graph token',
      () => forge.valid({ aud: 'https://graph.microsoft.com' }),
      /for Microsoft Graph/,
      /access_as_user\), not for User.Read/,
    ],
    [
      'a Graph token of a national cloud',
      () => forge.valid({ aud: 'https://graph.microsoft.us/' }),
      /for Microsoft Graph/,
      /access_as_user/,
    ],
    [
      'an ID token',
      () => forge.valid({ aud: client, nonce: 'x', scp: undefined }),
      /ID token/,
      /accessToken/,
    ],
    ['a v1 token', () => forge.valid(v1()), /v1.0/, /requestedAccessTokenVersion to 2/],
    ['a token for another API', () => forge.valid({ aud: otherApi }), /another API/, /\.default/],
    [
      'an expired token',
      () => forge.valid({ exp: forge.now - 500, iat: forge.now - 900, nbf: forge.now - 900 }),
      /expired 5\d\d seconds/,
      /clock/,
    ],
    ['a token from the future', () => forge.valid({ nbf: forge.now + 300 }), /future/, /clock/],
    ['a token from another tenant', () => forge.valid({ tid: otherTenantId }), /another tenant/, /TENANT_ID/],
    [
      'a token without permissions',
      () => forge.valid({ scp: undefined }),
      /neither scp nor roles/,
      /consented/,
    ],
    ['an opaque token', () => 'opaque', /not a JWT/, /access token/],
    ['a token signed with another key', () => forge.signedBy('rogue'), /signature/, /AUTHORITY/],
  ];
  test.each(rows)('for %s names the reason and the remedy', async (_title, make, reason, remedy) => {
    const ask = await serve(validators[0], { explainRejections: true });
    const { status, body } = await ask(make());
    expect(status).toBe(401);
    expect(body).toHaveProperty('explanation', {
      reason: expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
    });
  });
});
