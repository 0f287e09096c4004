import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAsAdministrator, type GraphCaller, user } from './graph-caller.ts';

const graphAppId = '00000003-0000-0000-c000-000000000000';

let tenant: TestTenant;
let administrator: GraphCaller;
let appId: string;
beforeEach(async () => {
  tenant = await startTenant();
  administrator = await callGraphAsAdministrator(tenant);
  appId = String((await administrator.request('POST', '/applications', { displayName: 'One' })).body.appId);
});

describe('a service principal', () => {
  test('is created for an application, once', async () => {
    const create = () => administrator.request('POST', '/servicePrincipals', { appId });
    expect(await create()).toMatchObject({
      status: 201,
      body: {
        appId,
        displayName: 'One',
        appOwnerOrganizationId: tenant.tenantId,
        servicePrincipalNames: [appId],
      },
    });
    expect(await create()).toMatchObject({
      status: 409,
      error: {
        code: 'Request_MultipleObjectsWithSameKeyValue',
        message: `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
      },
    });
  });

  test('is not created without an application behind it', async () => {
    const unknownAppId = randomUUID();
    expect(await administrator.request('POST', '/servicePrincipals', { appId: unknownAppId })).toMatchObject({
      status: 400,
      error: {
        code: 'NoBackingApplicationObject',
        message: `The appId '${unknownAppId}' of the service principal does not reference a valid application object.`,
      },
    });
    expect((await administrator.request('POST', '/servicePrincipals', {})).status).toBe(400);
  });

  test('is upserted by appId', async () => {
    const path = `/servicePrincipals(appId='${appId}')`;
    const upsert = (body: object) =>
      administrator.request('PATCH', path, body, { Prefer: 'create-if-missing' });
    expect((await administrator.request('PATCH', path, {})).status).toBe(404);
    expect((await upsert({})).status).toBe(201);
    expect((await upsert({ tags: ['one'] })).status).toBe(204);
    expect((await administrator.get(path)).body).toMatchObject({ appId, tags: ['one'] });
  });

  test('can be disabled', async () => {
    const { body } = await administrator.request('POST', '/servicePrincipals', { appId });
    await administrator.request('PATCH', `/servicePrincipals/${body.id}`, { accountEnabled: false });
    expect(tenant.directory.findServicePrincipal(appId)?.accountEnabled).toBe(false);
  });

  test('can require assignment', async () => {
    const values = { appId, appRoleAssignmentRequired: true };
    const { body } = await administrator.request('POST', '/servicePrincipals', values);
    expect(body).toMatchObject(values);
    const path = `/servicePrincipals/${body.id}`;
    await administrator.request('PATCH', path, { appRoleAssignmentRequired: false });
    expect((await administrator.get(path)).body).toMatchObject({ appRoleAssignmentRequired: false });
  });

  test('is deleted', async () => {
    const { body } = await administrator.request('POST', '/servicePrincipals', { appId });
    expect((await administrator.request('DELETE', `/servicePrincipals/${body.id}`)).status).toBe(204);
    expect((await administrator.get(`/servicePrincipals(appId='${appId}')`)).status).toBe(404);
    expect((await administrator.get(`/applications(appId='${appId}')`)).status).toBe(200);
  });

  test('of Microsoft Graph has its scopes with IDs and texts', async () => {
    const { body } = await administrator.get(
      `/servicePrincipals(appId='${graphAppId}')?$select=oauth2PermissionScopes,appRoles`,
    );
    expect(body.oauth2PermissionScopes).toContainEqual({
      id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
      value: 'User.Read',
      type: 'User',
      isEnabled: true,
      adminConsentDisplayName: 'Sign in and read user profile',
      adminConsentDescription: expect.stringContaining('Allows users to sign-in to the app'),
      userConsentDisplayName: 'Sign you in and read your profile',
      userConsentDescription: expect.stringContaining('Allows you to sign in to the app'),
    });
    expect(body.appRoles).toContainEqual(
      expect.objectContaining({
        id: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
        value: 'Application.ReadWrite.All',
      }),
    );
  });

  test('is listed, with the ones that every tenant has', async () => {
    await administrator.request('POST', '/servicePrincipals', { appId });
    const { body } = await administrator.get('/servicePrincipals?$select=displayName');
    expect(body.value).toEqual(
      expect.arrayContaining([
        { displayName: 'One' },
        { displayName: 'Microsoft Graph' },
        { displayName: 'Microsoft Azure CLI' },
      ]),
    );
  });
});

describe('a delegated permission grant', () => {
  let grant: {
    clientId: string;
    resourceId: string;
    consentType: string;
    principalId: string | null;
    scope: string;
  };
  beforeEach(async () => {
    const { body } = await administrator.request('POST', '/servicePrincipals', { appId });
    grant = {
      clientId: String(body.id),
      resourceId: tenant.directory.findServicePrincipal(graphAppId)?.id ?? '',
      consentType: 'Principal',
      principalId: user('manager').id,
      scope: 'User.Read  profile',
    };
  });
  const create = (body: object) => administrator.request('POST', '/oauth2PermissionGrants', body);

  test('is created, found by filter, changed and deleted', async () => {
    const { status, body } = await create(grant);
    expect({ status, body }).toMatchObject({ status: 201, body: { ...grant, scope: 'User.Read profile' } });
    const path = `/oauth2PermissionGrants/${body.id}`;
    const filter = `clientId eq '${grant.clientId}' and principalId eq '${grant.principalId}'`;
    expect((await administrator.get(`/oauth2PermissionGrants?$filter=${filter}`)).body.value).toHaveLength(1);
    expect((await administrator.request('PATCH', path, { scope: 'User.Read' })).status).toBe(204);
    expect((await administrator.get(path)).body).toMatchObject({ scope: 'User.Read' });
    expect((await administrator.request('DELETE', path)).status).toBe(204);
    expect((await administrator.get(path)).status).toBe(404);
  });

  test.each([
    ['twice', {}, 409, 'Permission entry already exists.'],
    ['for an unknown client', { clientId: randomUUID() }, 404, /^Resource '/],
    ['for an unknown user', { principalId: randomUUID() }, 404, /^Resource '/],
    ['for all users and one user', { consentType: 'AllPrincipals' }, 400, /'principalId'/],
    ['for no user', { principalId: null }, 400, /'principalId'/],
    ['without a scope', { principalId: user('head').id, scope: ' ' }, 400, /'scope'/],
  ])('is not created %s', async (_what, change, status, message) => {
    await create(grant);
    const answer = await create({ ...grant, ...change });
    expect(answer.status).toBe(status);
    expect(answer.error?.message).toMatch(message);
  });
});

describe('a Conditional Access policy', () => {
  const path = '/identity/conditionalAccess/policies';
  const policy = {
    displayName: 'MFA for leave',
    state: 'enabled',
    conditions: { applications: { includeApplications: ['All'] }, users: { includeUsers: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };

  test('is created, read, changed and deleted', async () => {
    const { status, body } = await administrator.request('POST', path, {
      ...policy,
      conditions: { ...policy.conditions, clientAppTypes: ['all'] },
    });
    expect({ status, body }).toMatchObject({ status: 201, body: policy });
    expect((await administrator.get(path)).body.value).toEqual([{ id: body.id, ...policy }]);
    expect((await administrator.request('PATCH', `${path}/${body.id}`, { state: 'disabled' })).status).toBe(
      204,
    );
    expect((await administrator.get(`${path}/${body.id}`)).body).toMatchObject({
      ...policy,
      state: 'disabled',
    });
    expect((await administrator.request('DELETE', `${path}/${body.id}`)).status).toBe(204);
    expect((await administrator.get(`${path}/${body.id}`)).status).toBe(404);
  });

  test.each([
    [
      'a condition that sign-in does not evaluate',
      501,
      { conditions: { ...policy.conditions, locations: { includeLocations: ['All'] } } },
    ],
    [
      'a control that sign-in does not support',
      501,
      { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } },
    ],
  ])('is rejected with %s', async (_what, status, change) => {
    const answer = await administrator.request('POST', path, { ...policy, ...change });
    expect(answer.status).toBe(status);
    expect(tenant.directory.state.conditionalAccessPolicies).toEqual([]);
  });
});
