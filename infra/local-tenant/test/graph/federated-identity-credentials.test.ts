import { beforeEach, describe, expect, test } from 'vitest';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, callGraphAsAdministrator, type GraphCaller, user } from './graph-caller.ts';

let tenant: TestTenant;
let administrator: GraphCaller;
let path: string;
beforeEach(async () => {
  tenant = await startTenant();
  administrator = await callGraphAsAdministrator(tenant);
  path = `/applications(appId='${tenant.apps.middleTier}')/federatedIdentityCredentials`;
});

const credential = {
  name: 'cluster',
  issuer: 'https://issuer.example/',
  subject: 'system:serviceaccount:leave:middle-tier',
  audiences: ['api://AzureADTokenExchange'],
};
const create = (body: object = credential) => administrator.request('POST', path, body);

test('is created, listed, read by id and by name, changed and deleted', async () => {
  const { status, body } = await create();
  const { id } = tenant.directory.findApplication(tenant.apps.middleTier) ?? {};
  expect({ status, body }).toEqual({
    status: 201,
    body: {
      '@odata.context': `${tenant.graphBaseUrl}/$metadata#applications('${id}')/federatedIdentityCredentials/$entity`,
      id: expect.any(String),
      description: null,
      ...credential,
    },
  });
  expect((await administrator.get(path)).body.value).toEqual([
    { id: body.id, description: null, ...credential },
  ]);
  expect((await administrator.get(`${path}?$filter=subject eq 'nobody'`)).body.value).toEqual([]);
  expect((await administrator.get(`${path}(name='cluster')`)).body).toEqual(
    (await administrator.get(`/applications/${id}/federatedIdentityCredentials/${body.id}`)).body,
  );
  expect((await administrator.request('PATCH', `${path}/cluster`, { subject: 'other' })).status).toBe(204);
  expect((await administrator.get(`${path}/cluster`)).body).toMatchObject({
    subject: 'other',
    description: null,
  });
  expect((await administrator.request('DELETE', `${path}/${body.id}`)).status).toBe(204);
  expect((await administrator.get(`${path}/cluster`)).status).toBe(404);
});

test('is upserted by its name, if requested', async () => {
  const { name: _name, ...values } = credential;
  const upsert = (headers = {}) => administrator.request('PATCH', `${path}(name='cluster')`, values, headers);
  expect((await upsert()).status).toBe(404);
  expect((await upsert({ Prefer: 'create-if-missing' })).status).toBe(201);
  expect((await upsert({ Prefer: 'create-if-missing' })).status).toBe(204);
});

test('is not among the properties of the application', async () => {
  await create();
  const { body } = await administrator.get(`/applications(appId='${tenant.apps.middleTier}')`);
  expect(body).not.toHaveProperty('federatedIdentityCredentials');
});

describe('rejected', () => {
  test.each([
    ['without an issuer', { issuer: undefined }, 400],
    ['with two audiences', { audiences: ['a', 'b'] }, 400],
    ['with a name that cannot be in a URL', { name: 'a name' }, 400],
    ['with an unknown property', { colour: 'red' }, 400],
    ['with an expression, which is not stored here', { claimsMatchingExpression: {} }, 501],
  ])('%s', async (_what, changes, status) => {
    expect((await create({ ...credential, ...changes })).status).toBe(status);
  });

  test.each([
    ['its name', { subject: 'another' }],
    ['its issuer and subject', { name: 'another' }],
  ])('when another one has %s', async (_what, changes) => {
    await create();
    const { status, error } = await create({ ...credential, ...changes });
    expect({ status, code: error?.code }).toEqual({
      status: 409,
      code: 'Request_MultipleObjectsWithSameKeyValue',
    });
  });

  test('when there are already twenty', async () => {
    for (let number = 0; number < 20; number += 1)
      await create({ ...credential, name: `cluster-${number}`, subject: String(number) });
    expect((await create()).status).toBe(400);
  });

  test('a new name for an existing one', async () => {
    await create();
    expect((await administrator.request('PATCH', `${path}/cluster`, { name: 'other' })).status).toBe(400);
  });

  test('for a user who is not an administrator', async () => {
    const manager = await callGraphAs(tenant, user('manager'), ['Application.ReadWrite.All']);
    expect((await manager.request('POST', path, credential)).status).toBe(403);
  });
});
