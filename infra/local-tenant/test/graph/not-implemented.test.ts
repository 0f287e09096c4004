import { expect, test } from 'vitest';
import { startTenant } from '../entra/tenant.ts';
import { callGraphAsAdministrator } from './graph-caller.ts';

test.each([
  ['GET', '/groups', undefined],
  ['GET', '/me/messages', undefined],
  ['POST', '/$batch', { requests: [{ id: '1', method: 'POST', url: '/me/revokeSignInSessions' }] }],
  ['POST', '/$batch', { requests: [{ id: '1', method: 'GET', url: '/me', dependsOn: ['2'] }] }],
  ['GET', '/me?$expand=manager', undefined],
  ['GET', '/me?$select=employeeId', undefined],
  ['GET', "/applications?$filter=startswith(displayName,'x')", undefined],
  ['GET', '/applications?$count=true', undefined],
  ['GET', '/me/photos/48x48/$value', undefined],
  ['POST', '/users', { displayName: 'Somebody' }],
  ['POST', '/applications', { displayName: 'x', groupMembershipClaims: 'All' }],
  ['PATCH', "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", { accountEnabled: false }],
  ['POST', "/applications(appId='00000003-0000-0000-c000-000000000000')/addKey", {}],
  ['GET', "/applications(appId='00000003-0000-0000-c000-000000000000')/owners", undefined],
])('%s %s is an explicit error, never a plausible success', async (method, path, body) => {
  const tenant = await startTenant();
  const caller = await callGraphAsAdministrator(tenant);
  const { status, error } = await caller.request(method, path, body);
  expect({ status, error }).toEqual({
    status: 501,
    error: {
      code: 'notImplemented',
      message: expect.stringMatching(/^The local tenant does not implement .+\. Microsoft Graph may\.$/),
    },
  });
});

test('another version of Graph is not implemented', async () => {
  const tenant = await startTenant();
  const { accessToken } = await callGraphAsAdministrator(tenant);
  const response = await fetch(`${tenant.baseUrl}/graph/beta/me`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  expect(response.status).toBe(501);
});
