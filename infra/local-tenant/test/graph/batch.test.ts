import { beforeEach, expect, test } from 'vitest';
import { photoOf } from '../../src/directory/users.ts';
import { startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, user } from './graph-caller.ts';

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await startTenant();
});

const get = (id: string, url: string) => ({ id, method: 'GET', url });

test('answers each request as if it had been sent alone', async () => {
  const caller = await callGraphAs(tenant, user('head'), ['User.ReadBasic.All']);
  const { id } = user('manager');
  const requests = [
    get('name', `/users/${id}?$select=displayName`),
    get('photo', `/users/${id}/photos/96x96/$value`),
    get('nobody', 'users/00000000-0000-4000-8000-000000000000'),
    get('no photo', `/users/${user('beyondAscii').id}/photo/$value`),
    get('forbidden', '/organization'),
    get('not here', '/groups'),
  ];
  const { status, body } = await caller.request('POST', '/$batch', { requests });
  expect(status).toBe(200);
  const json = { 'Content-Type': expect.stringContaining('application/json') };
  const error = (code: string) => ({ error: expect.objectContaining({ code }) });
  const hasPhoto = photoOf(user('beyondAscii').id) !== undefined;
  expect(body).toEqual({
    responses: [
      {
        id: 'name',
        status: 200,
        headers: expect.objectContaining(json),
        body: expect.objectContaining({ displayName: user('manager').displayName }),
      },
      {
        id: 'photo',
        status: 200,
        headers: expect.objectContaining({ 'Content-Type': 'image/jpeg' }),
        body: photoOf(id, '96x96')?.toString('base64'),
      },
      {
        id: 'nobody',
        status: 404,
        headers: expect.objectContaining(json),
        body: error('Request_ResourceNotFound'),
      },
      expect.objectContaining({ id: 'no photo', status: hasPhoto ? 200 : 404 }),
      {
        id: 'forbidden',
        status: 403,
        headers: expect.objectContaining(json),
        body: error('Authorization_RequestDenied'),
      },
      { id: 'not here', status: 501, headers: expect.objectContaining(json), body: error('notImplemented') },
    ],
  });
});

test('requires for each request the permission that it requires alone', async () => {
  const caller = await callGraphAs(tenant, user('head'), ['User.Read']);
  const other = `/users/${user('manager').id}`;
  const { body } = await caller.request('POST', '/$batch', {
    requests: [get('1', '/me'), get('2', other), get('3', `${other}/photo/$value`)],
  });
  expect(body.responses).toMatchObject([{ status: 200 }, { status: 403 }, { status: 403 }]);
});

test.each([
  ['no requests', { requests: [] }, 'BadRequest', 'Invalid batch payload format.'],
  ['no array', {}, 'BadRequest', 'Invalid batch payload format.'],
  [
    'a request without an ID',
    { requests: [{ method: 'GET', url: '/me' }] },
    'BadRequest',
    'Invalid batch payload format.',
  ],
  [
    'the same ID twice',
    { requests: [get('a', '/me'), get('A', '/me')] },
    'BadRequest',
    'Request Id A has to be unique in a batch.',
  ],
  [
    '21 requests',
    { requests: Array.from({ length: 21 }, (_, index) => get(String(index), '/me')) },
    'MaximumValueExceeded',
    'Number of batch request steps exceeds the maximum value of 20.',
  ],
])('rejects a batch with %s', async (_title, body, code, message) => {
  const caller = await callGraphAs(tenant, user('head'), ['User.Read']);
  expect(await caller.request('POST', '/$batch', body)).toMatchObject({
    status: 400,
    error: { code, message },
  });
});

test('rejects a batch without a token', async () => {
  const response = await fetch(`${tenant.graphBaseUrl}/$batch`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ requests: [get('1', '/me')] }),
  });
  expect(response.status).toBe(401);
});
