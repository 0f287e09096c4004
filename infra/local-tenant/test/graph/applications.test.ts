import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createCertificate } from '../certificate.ts';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, callGraphAsAdministrator, type GraphCaller, user } from './graph-caller.ts';

let tenant: TestTenant;
let administrator: GraphCaller;
beforeEach(async () => {
  tenant = await startTenant();
  administrator = await callGraphAsAdministrator(tenant);
});

const create = async (body: object) => {
  const { status, body: created } = await administrator.request('POST', '/applications', {
    displayName: 'An API',
    ...body,
  });
  expect(status).toBe(201);
  return { id: String(created.id), appId: String(created.appId), body: created };
};

const scope = (value: string, more: object = {}) => ({
  id: randomUUID(),
  value,
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: value,
  adminConsentDescription: value,
  ...more,
});

describe('create', () => {
  test('gives an id and an appId, and the defaults that Graph gives', async () => {
    const { body } = await create({ displayName: 'An API' });
    expect(body).toMatchObject({
      '@odata.context': `${tenant.graphBaseUrl}/$metadata#applications/$entity`,
      id: expect.any(String),
      appId: expect.any(String),
      displayName: 'An API',
      signInAudience: 'AzureADMyOrg',
      publisherDomain: 'contoso.example',
      identifierUris: [],
      api: { requestedAccessTokenVersion: null, oauth2PermissionScopes: [] },
      passwordCredentials: [],
      deletedDateTime: null,
    });
  });

  test.each([
    [
      'without a name',
      { displayName: undefined },
      "A value is required for property 'displayName' of resource 'Application'.",
    ],
    [
      'with an unknown property',
      { colour: 'red' },
      "Property 'colour' does not exist as a declared property or extension property.",
    ],
    [
      'with an unknown property inside',
      { api: { version: 2 } },
      "Property 'api.version' does not exist as a declared property or extension property.",
    ],
    [
      'with a read-only property',
      { appId: randomUUID() },
      "Property 'appId' is read-only and cannot be set.",
    ],
    [
      'with a value of the wrong type',
      { tags: 'one' },
      "Invalid value specified for property 'tags' of resource 'Application'.",
    ],
    [
      'with a redirect URI that is not https',
      { spa: { redirectUris: ['http://app.example/'] } },
      "Invalid value specified for property 'redirectUris' of resource 'Application'.",
    ],
    [
      'with a wildcard redirect URI',
      { web: { redirectUris: ['https://*.app.example/'] } },
      "Invalid value specified for property 'redirectUris' of resource 'Application'.",
    ],
    [
      'with a secret',
      { passwordCredentials: [{ secretText: 'mine' }] },
      'Password credentials cannot be set this way. Use addPassword and removePassword.',
    ],
    [
      'with two scopes of one value',
      { api: { oauth2PermissionScopes: [scope('Read'), scope('Read')] } },
      'Request contains a property with duplicate values.',
    ],
    [
      'with an unknown preauthorized scope',
      {
        api: { preAuthorizedApplications: [{ appId: randomUUID(), delegatedPermissionIds: [randomUUID()] }] },
      },
      "Invalid value specified for property 'preAuthorizedApplications' of resource 'Application'.",
    ],
  ])('is rejected %s', async (_what, body, message) => {
    const answer = await administrator.request('POST', '/applications', { displayName: 'An API', ...body });
    expect({ status: answer.status, error: answer.error }).toEqual({
      status: 400,
      error: { code: 'Request_BadRequest', message },
    });
  });

  test('is rejected when the body is not JSON', async () => {
    const { status, error } = await administrator.request('POST', '/applications', '{"displayName":');
    expect({ status, code: error?.code }).toEqual({ status: 400, code: 'BadRequest' });
  });
});

describe('read', () => {
  test('by id, by appId and by uniqueName', async () => {
    const { id, appId } = await create({ uniqueName: 'one' });
    for (const key of [
      `/${id}`,
      `('${id}')`,
      `(appId='${appId}')`,
      "(uniqueName='one')",
      '(uniqueName=%27one%27)',
    ]) {
      expect((await administrator.get(`/applications${key}`)).body).toMatchObject({ id });
    }
  });

  test('of an unknown application answers 404', async () => {
    const { status, error } = await administrator.get("/applications(uniqueName='none')");
    expect({ status, code: error?.code }).toEqual({ status: 404, code: 'Request_ResourceNotFound' });
  });

  test.each(['uniqueName', 'appId', 'displayName'])('filtered by %s', async (property) => {
    const { id, body } = await create({ uniqueName: "it's one", displayName: "It's one" });
    const value = String(body[property]).replaceAll("'", "''");
    const filter = encodeURIComponent(`${property} eq '${value}'`);
    expect((await administrator.get(`/applications?$filter=${filter}&$select=id`)).body.value).toEqual([
      { id },
    ]);
  });

  test("does not list Microsoft's own applications", async () => {
    const { body } = await administrator.get("/applications?$filter=displayName eq 'Microsoft Graph'");
    expect(body.value).toEqual([]);
  });
});

describe('update', () => {
  test('keeps what it does not name inside api, web and spa, and replaces collections whole', async () => {
    const { id } = await create({
      api: { oauth2PermissionScopes: [scope('Read')] },
      spa: { redirectUris: ['http://localhost:3000/', 'https://app.example/'] },
    });
    const changes = {
      api: { requestedAccessTokenVersion: 2 },
      spa: { redirectUris: ['https://app.example/'] },
    };
    expect((await administrator.request('PATCH', `/applications/${id}`, changes)).status).toBe(204);
    expect((await administrator.get(`/applications/${id}`)).body).toMatchObject({
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ value: 'Read' }] },
      spa: { redirectUris: ['https://app.example/'] },
    });
  });

  test.each([
    ['removed', () => []],
    ['changed', (read: object) => [{ ...read, value: 'Read.All' }]],
    ['reworded', (read: object) => [{ ...read, adminConsentDisplayName: 'Other words' }]],
  ])('a scope is %s only after it was disabled', async (_how, changed) => {
    const read = scope('Read');
    const { id } = await create({ api: { oauth2PermissionScopes: [read] } });
    const put = (scopes: object[]) =>
      administrator.request('PATCH', `/applications/${id}`, { api: { oauth2PermissionScopes: scopes } });
    expect((await put(changed(read))).error).toEqual({
      code: 'CannotDeleteOrUpdateEnabledEntitlement',
      message: 'Permission (scope or role) cannot be deleted or updated unless disabled first.',
    });
    expect((await put([{ ...read, isEnabled: false }])).status).toBe(204);
    expect((await put(changed(read))).status).toBe(204);
  });

  test('an app role is removed only after it was disabled', async () => {
    const role = {
      id: randomUUID(),
      value: 'Approver',
      displayName: 'a',
      description: 'b',
      isEnabled: true,
      allowedMemberTypes: ['User'],
    };
    const { id } = await create({ appRoles: [role] });
    const { error } = await administrator.request('PATCH', `/applications/${id}`, { appRoles: [] });
    expect(error?.code).toBe('CannotDeleteOrUpdateEnabledEntitlement');
  });

  test('an application created without a unique name can get one, which never changes', async () => {
    const { id } = await create({});
    const rename = async (uniqueName: string | null) =>
      (await administrator.request('PATCH', `/applications/${id}`, { uniqueName })).status;
    expect(await rename('one')).toBe(204);
    expect((await administrator.get("/applications(uniqueName='one')")).body).toMatchObject({ id });
    expect(await rename('two')).toBe(400);
    expect(await rename(null)).toBe(400);
  });
});

describe('identifier URIs', () => {
  const add = async (uri: (appId: string) => string, api: object = {}) => {
    const { id, appId } = await create({ api });
    return administrator.request('PATCH', `/applications/${id}`, { identifierUris: [uri(appId)] });
  };

  test.each([
    ['api://{appId}', (appId: string) => `api://${appId}`],
    ['api://{tenantId}/{string}', () => `api://${tenant.tenantId}/leave`],
    ['a verified domain', () => 'https://leave.contoso.example'],
    ['this machine, unlike in Entra ID', () => 'http://localhost:4000/mcp'],
    ['api://{verified domain}/{string}', () => 'api://contoso.example/leave'],
  ])('may be %s', async (_form, uri) => {
    expect((await add(uri)).status).toBe(204);
  });

  test('may be any api:// if the application gets v2 tokens', async () => {
    expect((await add(() => 'api://leave', { requestedAccessTokenVersion: 2 })).status).toBe(204);
  });

  test.each([
    [
      'api://{string}',
      () => 'api://leave',
      'InvalidUniqueTenantIdentifierAsPerAppPolicy',
      /^Failed to add identifier URI api:\/\/leave\. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID/,
    ],
    [
      'https on a domain that is not verified',
      () => 'https://leave.fabrikam.example',
      'HostNameNotOnVerifiedDomain',
      /^Values of identifierUris property must use a verified domain of the organization or its subdomain: 'https:\/\/leave\.fabrikam\.example'$/,
    ],
    ['no URI', () => 'leave', 'Request_BadRequest', /^Invalid value specified for property 'identifierUris'/],
    ['a slash at the end', (appId: string) => `api://${appId}/`, 'Request_BadRequest', /^Invalid value/],
  ])('may not be %s', async (_form, uri, code, message) => {
    expect((await add(uri)).error).toEqual({ code, message: expect.stringMatching(message) });
  });

  test('are unique in a tenant', async () => {
    expect((await add(() => 'https://leave.contoso.example')).status).toBe(204);
    const { status, error } = await add(() => 'https://LEAVE.contoso.example');
    expect({ status, error }).toEqual({
      status: 400,
      error: {
        code: 'Request_BadRequest',
        message: 'Another object with the same value for property identifierUris already exists.',
        details: [expect.objectContaining({ code: 'ObjectConflict', target: 'identifierUris' })],
      },
    });
  });
});

describe('upsert by unique name', () => {
  const path = "/applications(uniqueName='one')";
  const upsert = (body: object) =>
    administrator.request('PATCH', path, body, { Prefer: 'create-if-missing' });

  test('creates with 201 and a body, then updates with 204 and none', async () => {
    const created = await upsert({ displayName: 'One' });
    expect(created).toMatchObject({ status: 201, body: { uniqueName: 'one', displayName: 'One' } });
    expect(await upsert({ displayName: 'Two' })).toMatchObject({ status: 204, body: {} });
    expect((await administrator.get(path)).body).toMatchObject({ id: created.body.id, displayName: 'Two' });
  });

  test('without the header is an update, and answers 404', async () => {
    expect((await administrator.request('PATCH', path, { displayName: 'One' })).status).toBe(404);
  });
});

describe('secrets', () => {
  test('are shown once, then only hinted at', async () => {
    const { id } = await create({});
    const { status, body } = await administrator.request('POST', `/applications/${id}/addPassword`, {
      passwordCredential: { displayName: 'laptop', endDateTime: '2027-01-01T00:00:00Z' },
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { displayName: 'laptop', endDateTime: '2027-01-01T00:00:00.000Z', keyId: expect.any(String) },
    });
    const secret = String(body.secretText);
    expect(secret).toHaveLength(40);
    expect(body.hint).toBe(secret.slice(0, 3));

    const read = await administrator.get(`/applications/${id}`);
    expect(read.body.passwordCredentials).toEqual([
      expect.objectContaining({ keyId: body.keyId, hint: body.hint, secretText: null }),
    ]);
    expect(JSON.stringify(read.body)).not.toMatch(/secretDigest/);
    expect(JSON.stringify(tenant.directory.state)).not.toContain(secret);
  });

  test('authenticate the application until they are removed', async () => {
    const { id, appId } = await create({});
    await administrator.request('POST', '/servicePrincipals', { appId });
    const { body } = await administrator.request('POST', `/applications/${id}/addPassword`, {});
    const tokenRequest = () =>
      fetch(tenant.authorityMetadata.token_endpoint, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: appId,
          client_secret: String(body.secretText),
          scope: 'https://graph.microsoft.com/.default',
        }),
      });
    expect((await tokenRequest()).status).toBe(200);
    const remove = () =>
      administrator.request('POST', `/applications/${id}/removePassword`, { keyId: body.keyId });
    expect((await remove()).status).toBe(204);
    expect((await tokenRequest()).status).toBe(401);
    expect((await remove()).error?.message).toBe(`No password credential found with keyId '${body.keyId}'.`);
  });

  test('expire after two years unless the request says otherwise, never before they start', async () => {
    const { id } = await create({});
    const { body } = await administrator.request('POST', `/applications/${id}/addPassword`, {});
    const years =
      (Date.parse(String(body.endDateTime)) - Date.parse(String(body.startDateTime))) / (365.25 * 86_400_000);
    expect(years).toBeCloseTo(2, 1);
    const backwards = {
      passwordCredential: { startDateTime: '2027-01-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' },
    };
    expect((await administrator.request('POST', `/applications/${id}/addPassword`, backwards)).status).toBe(
      400,
    );
  });
});

test('a certificate is shown with its dates and thumbprint, and without its key', async () => {
  const key = certificate.replaceAll('\n', '');
  const { id } = await create({ keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }] });
  const { body } = await administrator.get(`/applications/${id}`);
  expect(body.keyCredentials).toEqual([
    expect.objectContaining({
      displayName: expect.stringMatching(/^CN=/),
      endDateTime: expect.stringMatching(/^2126-/),
      customKeyIdentifier: expect.any(String),
      key: null,
    }),
  ]);
  const broken = { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }] };
  expect((await administrator.request('PATCH', `/applications/${id}`, broken)).status).toBe(400);
});

test('a certificate sent back as it was read stays, next to a new one', async () => {
  const key = certificate.replaceAll('\n', '');
  const { id } = await create({ keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }] });
  const read = async () => Object((await administrator.get(`/applications/${id}`)).body.keyCredentials);
  const [first] = await read();
  const { der: other } = await createCertificate();
  const second = {
    keyId: randomUUID(),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: other.toString('base64'),
  };
  const change = (keyCredentials: object[]) =>
    administrator.request('PATCH', `/applications/${id}`, { keyCredentials });
  expect((await change([first, second])).status).toBe(204);
  expect((await read()).map(({ keyId }: { keyId: string }) => keyId)).toEqual([first.keyId, second.keyId]);
  expect((await change([{ ...first, keyId: randomUUID() }])).status).toBe(400);
  expect((await change([])).status).toBe(204);
  expect(await read()).toEqual([]);
});

describe('delete', () => {
  test('deletes the service principal and its grants, and keeps names reserved until it is permanent', async () => {
    const body = { displayName: 'One', identifierUris: ['https://one.contoso.example'] };
    const upsert = () =>
      administrator.request('PATCH', "/applications(uniqueName='one')", body, {
        Prefer: 'create-if-missing',
      });
    const { body: app } = await upsert();
    const { body: principal } = await administrator.request('POST', '/servicePrincipals', {
      appId: app.appId,
    });
    const graph = tenant.directory.findServicePrincipal('00000003-0000-0000-c000-000000000000');
    const grant = {
      clientId: principal.id,
      consentType: 'AllPrincipals',
      resourceId: graph?.id,
      scope: 'User.Read',
    };
    expect((await administrator.request('POST', '/oauth2PermissionGrants', grant)).status).toBe(201);

    expect((await administrator.request('DELETE', `/applications/${app.id}`)).status).toBe(204);
    expect((await administrator.get(`/applications/${app.id}`)).status).toBe(404);
    expect((await administrator.get(`/servicePrincipals/${principal.id}`)).status).toBe(404);
    expect(
      (await administrator.get(`/oauth2PermissionGrants?$filter=clientId eq '${principal.id}'`)).body.value,
    ).toEqual([]);
    expect((await upsert()).error?.message).toBe(
      'Another object with the same value for property uniqueName already exists.',
    );
    const other = await administrator.request('POST', '/applications', body);
    expect(other.error?.message).toBe(
      'Another object with the same value for property identifierUris already exists.',
    );

    const deleted = await administrator.get(
      "/directory/deletedItems/microsoft.graph.application?$filter=uniqueName eq 'one'",
    );
    expect(deleted.body.value).toEqual([
      expect.objectContaining({ id: app.id, deletedDateTime: expect.any(String) }),
    ]);
    for (const id of [app.id, principal.id]) {
      expect((await administrator.get(`/directory/deletedItems/${id}`)).status).toBe(200);
      expect((await administrator.request('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204);
      expect((await administrator.get(`/directory/deletedItems/${id}`)).status).toBe(404);
    }
    expect((await upsert()).status).toBe(201);
  });
});

describe('who may', () => {
  test.each([
    ['a user without the scope may not read', 'administrator', 'User.Read', 'GET', 403],
    ['any user with the scope may read', 'manager', 'Application.Read.All', 'GET', 200],
    [
      'an administrator with the scope to read may not write',
      'administrator',
      'Application.Read.All',
      'POST',
      403,
    ],
    [
      'a user who is not an administrator may not write, whatever the scope',
      'manager',
      'Application.ReadWrite.All',
      'POST',
      403,
    ],
    ['an administrator with the scope may write', 'administrator', 'Application.ReadWrite.All', 'POST', 201],
  ] as const)('%s', async (_who, kind, scopeValue, method, status) => {
    const caller = await callGraphAs(tenant, user(kind), [scopeValue]);
    const answer = await caller.request(
      method,
      '/applications',
      method === 'POST' ? { displayName: 'x' } : undefined,
    );
    expect(answer.status).toBe(status);
  });

  test('an application’s own token may not, without a role', async () => {
    const { id, appId } = await create({});
    await administrator.request('POST', '/servicePrincipals', { appId });
    const { body } = await administrator.request('POST', `/applications/${id}/addPassword`, {});
    const response = await fetch(tenant.authorityMetadata.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: appId,
        client_secret: String(body.secretText),
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    const headers = { Authorization: `Bearer ${Object(await response.json()).access_token}` };
    expect((await administrator.request('GET', '/applications', undefined, headers)).status).toBe(403);
    expect((await administrator.request('GET', '/me', undefined, headers)).error).toEqual({
      code: 'BadRequest',
      message: '/me request is only valid with delegated authentication flow.',
    });
  });
});

/** Self-signed; its private key was not kept. */
const certificate = `
MIIBdTCCARygAwIBAgITNgu6KTwq4fc8R+zy7pVSYEj5SjAKBggqhkjOPQQDAjAQMQ4wDAYDVQQDDAVsZWF2ZTAgFw0yNjExMjQw
NTExMjFaGA8yMTI2MTAzMTA1MTEyMVowEDEOMAwGA1UEAwwFbGVhdmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQujG8YOor1
8IPxpStGEO5frrtM4Wlac7wdQUayU7ehVvPuUKwOaouHaIEACLjUepqCEVeajKFKKGNbB3MG5VjGo1MwUTAdBgNVHQ4EFgQUSZQf
5q+Qy4P2QDy3p9kCQAUA3TgwHwYDVR0jBBgwFoAUSZQf5q+Qy4P2QDy3p9kCQAUA3TgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO
PQQDAgNHADBEAiACMGSsn0QobfSvilfYJpr77WKbpPhtg6DwjW1y1SNRNwIgR5n5vPA3/t8H7au3xv4I+R1Kj/7GZHm76TyPudfJ
huQ=
`;
