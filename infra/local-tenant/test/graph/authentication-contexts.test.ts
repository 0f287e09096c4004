import { beforeEach, expect, test } from 'vitest';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, user } from './graph-caller.ts';

const path = '/identity/conditionalAccess/authenticationContextClassReferences';

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await startTenant();
});
const asAdministrator = (scope: string) => callGraphAs(tenant, user('administrator'), [scope]);

test('c1 exists and is published, as after an administrator has set it up, also after a reset', async () => {
  tenant.directory.state.authenticationContexts = [];
  tenant.reset();
  const caller = await asAdministrator('AuthenticationContext.Read.All');
  expect((await caller.get(`${path}/c1`)).body).toMatchObject({ id: 'c1', isAvailable: true });
  expect((await caller.get(path)).body.value).toMatchObject([{ id: 'c1' }]);
});

test.each(['AuthenticationContext.ReadWrite.All', 'Policy.ReadWrite.ConditionalAccess'])(
  'with %s, a context is created and changed by the same request, and published',
  async (scope) => {
    const caller = await asAdministrator(scope);
    expect((await caller.get(`${path}/c2`)).status).toBe(404);
    expect((await caller.request('PATCH', `${path}/c2`, { displayName: 'Strong' })).status).toBe(204);
    expect((await caller.get(`${path}/c2`)).body).toMatchObject({
      displayName: 'Strong',
      isAvailable: false,
    });
    await caller.request('PATCH', `${path}/c2`, { isAvailable: true });
    expect((await caller.get(`${path}/c2`)).body).toMatchObject({ displayName: 'Strong', isAvailable: true });
  },
);

test.each([
  ['administrator', 'Policy.Read.All', 'GET', `${path}/c1`, 403],
  ['administrator', 'AuthenticationContext.Read.All', 'PATCH', `${path}/c1`, 403],
  ['manager', 'AuthenticationContext.Read.All', 'GET', `${path}/c1`, 403],
  ['administrator', 'AuthenticationContext.ReadWrite.All', 'PATCH', `${path}/c100`, 400],
  ['administrator', 'AuthenticationContext.ReadWrite.All', 'DELETE', `${path}/c1`, 501],
] as const)('for a user of the kind %s with %s, %s %s is %i', async (kind, scope, method, target, status) => {
  const caller = await callGraphAs(tenant, user(kind), [scope]);
  const body = method === 'PATCH' ? {} : undefined;
  expect((await caller.request(method, target, body)).status).toBe(status);
});
