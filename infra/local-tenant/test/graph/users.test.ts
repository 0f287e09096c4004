import { beforeEach, describe, expect, test } from 'vitest';
import { photoOf } from '../../src/directory/users.ts';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, callGraphAsAdministrator, user } from './graph-caller.ts';

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await startTenant();
});

describe('GET /me', () => {
  test.each(['manager', 'beyondAscii', 'guest'] as const)(
    'returns the default properties: %s',
    async (kind) => {
      const {
        id,
        displayName,
        givenName,
        surname,
        mail,
        jobTitle,
        officeLocation,
        preferredLanguage,
        userPrincipalName,
      } = user(kind);
      const caller = await callGraphAs(tenant, user(kind), ['User.Read']);
      const { status, body, headers } = await caller.get('/me');
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          '@odata.context': `${tenant.graphBaseUrl}/$metadata#users/$entity`,
          businessPhones: [],
          displayName,
          givenName,
          jobTitle,
          mail,
          mobilePhone: null,
          officeLocation,
          preferredLanguage,
          surname,
          userPrincipalName,
          id,
        },
      });
      expect(headers.get('content-type')).toMatch(/^application\/json;odata\.metadata=minimal/);
    },
  );

  test('returns what $select names and nothing else', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['User.Read']);
    const { body } = await caller.get('/me?$select=displayName,department');
    expect(body).toEqual({
      '@odata.context': `${tenant.graphBaseUrl}/$metadata#users(displayName,department)/$entity`,
      displayName: user('manager').displayName,
      department: user('manager').department,
    });
  });

  test('never shows properties that only the local tenant has', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['User.Read']);
    for (const property of ['purpose', 'homeTenantId', 'managerId', 'directoryRoles']) {
      expect((await caller.get(`/me?$select=${property}`)).error?.message).toContain(
        'Could not find a property named',
      );
    }
  });

  test('is rejected without a scope for it', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['Policy.Read.All']);
    const { status, error } = await caller.get('/me');
    expect({ status, error }).toEqual({
      status: 403,
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      },
    });
  });
});

describe('GET /me/manager', () => {
  test('shows the basic profile to User.ReadBasic.All, everything to User.Read.All', async () => {
    const { id, displayName, mail, jobTitle } = user('manager');
    const select = '/me/manager?$select=id,displayName,mail,jobTitle';
    const basic = await callGraphAs(tenant, user('beyondAscii'), ['User.ReadBasic.All']);
    expect((await basic.get(select)).body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id,
      displayName,
      mail,
      jobTitle: null,
    });
    const full = await callGraphAs(tenant, user('beyondAscii'), ['User.Read.All']);
    expect((await full.get(select)).body).toMatchObject({ id, displayName, mail, jobTitle });
  });

  test('answers 404 for a user without a manager', async () => {
    const caller = await callGraphAs(tenant, user('head'), ['User.ReadBasic.All']);
    const { status, error } = await caller.get('/me/manager');
    expect({ status, error }).toEqual({
      status: 404,
      error: {
        code: 'Request_ResourceNotFound',
        message:
          "Resource 'manager' does not exist or one of its queried reference-property objects are not present.",
      },
    });
  });

  test.each(['head', 'beyondAscii'] as const)(
    'is rejected for User.Read, whether there is one or not: %s',
    async (kind) => {
      const caller = await callGraphAs(tenant, user(kind), ['User.Read']);
      expect((await caller.get('/me/manager')).status).toBe(403);
    },
  );
});

describe('photos', () => {
  test.each([
    ['/me/photo/$value', '240x240'],
    ['/me/photos/96x96/$value', '96x96'],
    ['/me/photos/240x240/$value', '240x240'],
  ] as const)('%s is the JPEG itself', async (path, size) => {
    const { accessToken } = await callGraphAs(tenant, user('manager'), ['User.Read']);
    const response = await fetch(`${tenant.graphBaseUrl}${path}`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(photoOf(user('manager').id, size));
  });

  test('/me/photo describes it', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['User.Read']);
    expect((await caller.get('/me/photo')).body).toMatchObject({ id: '240x240', width: 240, height: 240 });
  });

  test('those of other users need more than User.Read', async () => {
    const path = `/users/${user('head').id}/photo/$value`;
    expect((await (await callGraphAs(tenant, user('manager'), ['User.Read'])).get(path)).status).toBe(403);
    expect(
      (await (await callGraphAs(tenant, user('manager'), ['User.ReadBasic.All'])).get(path)).status,
    ).toBe(200);
  });
});

describe('/users', () => {
  test('finds a user by ID and by user principal name, not by a guest’s mail address', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['User.ReadBasic.All']);
    const { id, userPrincipalName, mail } = user('guest');
    expect((await caller.get(`/users/${id}`)).body).toMatchObject({ id, mail });
    expect((await caller.get(`/users/${encodeURIComponent(userPrincipalName)}`)).body).toMatchObject({ id });
    expect((await caller.get(`/users('${encodeURIComponent(userPrincipalName)}')`)).body).toMatchObject({
      id,
    });
    expect((await caller.get(`/users/${mail}`)).error?.code).toBe('Request_ResourceNotFound');
  });

  test('lists every user, in pages', async () => {
    const caller = await callGraphAs(tenant, user('manager'), ['User.ReadBasic.All']);
    const first = await caller.get('/users?$top=4&$select=id');
    expect(first.body.value).toHaveLength(4);
    const next = String(first.body['@odata.nextLink']).replace(tenant.graphBaseUrl, '');
    const second = await caller.get(next);
    expect(second.body.value).toHaveLength(2);
    expect(second.body).not.toHaveProperty('@odata.nextLink');
  });

  test('is not listed for guests', async () => {
    const caller = await callGraphAs(tenant, user('guest'), ['User.ReadBasic.All']);
    expect((await caller.get('/users')).error?.code).toBe('Authorization_RequestDenied');
    expect((await caller.get(`/users/${user('manager').id}`)).status).toBe(200);
  });

  test('only an administrator can revoke the sessions of other users', async () => {
    const path = `/users/${user('head').id}/revokeSignInSessions`;
    const colleague = await callGraphAs(tenant, user('manager'), ['User.RevokeSessions.All']);
    expect((await colleague.request('POST', path)).error?.code).toBe('Authorization_RequestDenied');
    expect((await (await callGraphAsAdministrator(tenant)).request('POST', path)).status).toBe(200);
  });
});

test('/organization describes the tenant', async () => {
  const caller = await callGraphAs(tenant, user('manager'), ['User.Read']);
  const { body } = await caller.get('/organization?$select=id,verifiedDomains');
  expect(body.value).toEqual([
    {
      id: tenant.tenantId,
      verifiedDomains: [expect.objectContaining({ name: 'contoso.example', isDefault: true })],
    },
  ]);
});
