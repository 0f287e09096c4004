import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openTenant, startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, type GraphCaller, user } from './graph-caller.ts';

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await startTenant();
});

const at = (dateTime: string) => ({ dateTime, timeZone: 'UTC' });
const leave = {
  subject: 'Leave',
  start: at('2026-12-21T00:00:00'),
  end: at('2026-12-24T00:00:00'),
  isAllDay: true,
  showAs: 'oof',
};

const asOwner = (scopes: string[] = ['Calendars.ReadWrite']) => callGraphAs(tenant, user('manager'), scopes);
const idOf = ({ body }: { body: Record<string, unknown> }) => z.string().parse(body.id);
const subjects = async (caller: GraphCaller, path = '/me/events') =>
  z
    .array(z.object({ subject: z.string() }))
    .parse((await caller.get(path)).body.value)
    .map(({ subject }) => subject);

test('an event is created with 201 and found by its ID, then deleted with 204', async () => {
  const caller = await asOwner();
  const created = await caller.request('POST', '/me/events', leave);
  expect(created).toMatchObject({
    status: 201,
    body: {
      '@odata.context': `${tenant.graphBaseUrl}/$metadata#users('${user('manager').id}')/events/$entity`,
      subject: 'Leave',
      start: at('2026-12-21T00:00:00.0000000'),
      end: at('2026-12-24T00:00:00.0000000'),
      isAllDay: true,
      showAs: 'oof',
      type: 'singleInstance',
    },
  });
  expect(created.body).not.toHaveProperty('transactionId');
  const path = `/me/events/${encodeURIComponent(idOf(created))}`;
  expect((await caller.get(path)).body).toEqual(created.body);
  expect((await caller.get(`${path}?$select=subject`)).body).toMatchObject({ subject: 'Leave' });
  expect((await caller.request('DELETE', path)).status).toBe(204);
  for (const method of ['GET', 'DELETE'])
    expect(await caller.request(method, path)).toMatchObject({
      status: 404,
      error: { code: 'ErrorItemNotFound' },
    });
});

describe('transactionId', () => {
  test('the same request again returns the event that it created, and creates no other', async () => {
    const caller = await asOwner();
    const transactionId = randomUUID();
    const created = await Promise.all(
      Array.from({ length: 5 }, () => caller.request('POST', '/me/events', { ...leave, transactionId })),
    );
    expect(created.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set(created.map(idOf)).size).toBe(1);
    expect(created[0]?.body.transactionId).toBe(transactionId);
    expect(await subjects(caller)).toEqual(['Leave']);
  });

  test('another request with it is rejected, and changes nothing', async () => {
    const caller = await asOwner();
    const transactionId = randomUUID();
    const first = await caller.request('POST', '/me/events', { ...leave, transactionId });
    const other = { ...leave, subject: 'Another', transactionId };
    expect(await caller.request('POST', '/me/events', other)).toMatchObject({
      status: 400,
      error: { code: 'ErrorDuplicateTransactionId' },
    });
    expect(await subjects(caller)).toEqual(['Leave']);
    await caller.request('DELETE', `/me/events/${encodeURIComponent(idOf(first))}`);
    expect((await caller.request('POST', '/me/events', other)).status).toBe(201);
  });

  test('is one user’s: another user creates an event with the same one', async () => {
    const body = { ...leave, transactionId: randomUUID() };
    const owner = await asOwner();
    const other = await callGraphAs(tenant, user('head'), ['Calendars.ReadWrite']);
    const created = [
      await owner.request('POST', '/me/events', body),
      await other.request('POST', '/me/events', body),
    ];
    expect(new Set(created.map(idOf)).size).toBe(2);
    const path = `/me/events/${encodeURIComponent(idOf(created[0] ?? { body: {} }))}`;
    expect((await other.get(path)).status).toBe(404);
    expect((await other.request('DELETE', path)).status).toBe(404);
    expect(await subjects(owner)).toEqual(['Leave']);
  });
});

test.each([
  [
    'from the day before to the first moment of the event',
    '2026-12-20T00:00:00Z',
    '2026-12-21T00:00:00Z',
    [],
  ],
  ['that begins when the event ends', '2026-12-24T00:00:00Z', '2026-12-25T00:00:00Z', []],
  ['that touches its first second', '2026-12-20T00:00:00Z', '2026-12-21T00:00:01Z', ['Leave']],
  ['within the event', '2026-12-22T09:00:00', '2026-12-22T10:00:00', ['Leave']],
  ['with an offset, which ends before it', '2026-12-20T00:00:00', '2026-12-21T01:00:00+02:00', []],
  ['around everything', '2026-01-01T00:00:00', '2027-01-01T00:00:00', ['Earlier', 'Leave']],
])(
  'a calendar view %s has the events that overlap it, by their start',
  async (_title, from, to, expected) => {
    const caller = await asOwner();
    await caller.request('POST', '/me/events', leave);
    const [start, end] = [at('2026-11-02T09:00:00'), at('2026-11-02T10:00:00')];
    await caller.request('POST', '/me/events', { subject: 'Earlier', start, end });
    const range = new URLSearchParams({ startDateTime: from, endDateTime: to });
    expect(await subjects(caller, `/me/calendarView?${range}`)).toEqual(expected);
  },
);

test.each([
  ['', 'This request requires a time window'],
  ['?startDateTime=2026-12-01', 'is invalid'],
])('a calendar view with the range "%s" is rejected', async (query, message) => {
  const caller = await asOwner();
  expect(await caller.get(`/me/calendarView${query}`)).toMatchObject({
    status: 400,
    error: { code: 'ErrorInvalidParameter', message: expect.stringContaining(message) },
  });
});

test('lists have pages, and are filtered by subject', async () => {
  const caller = await asOwner();
  for (const subject of ['One', 'Two', 'Three'])
    await caller.request('POST', '/me/events', { ...leave, subject });
  const { body } = await caller.get('/me/events?$top=2');
  expect(body).toMatchObject({
    '@odata.nextLink': expect.stringContaining('skiptoken=2'),
    value: [{ subject: 'One' }, { subject: 'Two' }],
  });
  expect(await subjects(caller, "/me/events?$filter=subject eq 'Three'")).toEqual(['Three']);
});

test.each([
  [['User.Read'], 'GET', '/me/events'],
  [['User.Read'], 'GET', '/me/calendarView'],
  [['Calendars.Read'], 'POST', '/me/events'],
  [['Calendars.Read'], 'DELETE', '/me/events/some'],
])('with %j, %s %s is denied', async (scopes, method, path) => {
  const caller = await asOwner(scopes);
  expect(await caller.request(method, path)).toMatchObject({
    status: 403,
    error: { code: 'ErrorAccessDenied', message: 'Access is denied. Check credentials and try again.' },
  });
});

test('Calendars.Read is enough to read', async () => {
  const caller = await asOwner(['Calendars.Read']);
  expect(await subjects(caller)).toEqual([]);
});

test('a guest has no mailbox in this tenant', async () => {
  const caller = await callGraphAs(tenant, user('guest'), ['Calendars.ReadWrite']);
  expect(await caller.request('POST', '/me/events', leave)).toMatchObject({
    status: 404,
    error: { code: 'MailboxNotEnabledForRESTAPI' },
  });
});

test.each([
  [
    'lasts all day but does not start at midnight',
    { start: at('2026-12-21T08:00:00') },
    400,
    'ErrorInvalidRequest',
  ],
  [
    'lasts all day but does not end at midnight',
    { end: at('2026-12-23T08:00:00') },
    400,
    'ErrorInvalidRequest',
  ],
  ['lasts all day but no time', { end: leave.start }, 400, 'ErrorInvalidRequest'],
  ['ends before it starts', { end: at('2026-12-20T00:00:00') }, 400, 'ErrorPropertyValidationFailure'],
  ['has no start', { start: undefined }, 400, 'Request_BadRequest'],
  ['has a date that does not exist', { start: at('2026-13-21T00:00:00') }, 400, 'Request_BadRequest'],
  ['has a time with an offset', { start: at('2026-12-21T00:00:00Z') }, 400, 'Request_BadRequest'],
  ['is shown as something else', { showAs: 'asleep' }, 400, 'Request_BadRequest'],
  ['has a property of no event', { mood: 'good' }, 400, 'Request_BadRequest'],
  ['has attendees', { attendees: [] }, 501, 'notImplemented'],
  [
    'is in another time zone',
    { start: { ...leave.start, timeZone: 'Europe/Lisbon' } },
    501,
    'notImplemented',
  ],
])('an event that %s is rejected', async (_title, changes, status, code) => {
  const caller = await asOwner();
  const response = await caller.request('POST', '/me/events', { ...leave, ...changes });
  expect(response).toMatchObject({ status, error: { code } });
  expect(await subjects(caller)).toEqual([]);
});

test('events can be neither changed nor created in a batch', async () => {
  const caller = await asOwner();
  const created = await caller.request('POST', '/me/events', leave);
  const path = `/me/events/${encodeURIComponent(idOf(created))}`;
  expect((await caller.request('PATCH', path, { subject: 'Other' })).status).toBe(501);
  const requests = [{ id: '1', method: 'POST', url: '/me/events', body: leave }];
  expect((await caller.request('POST', '/$batch', { requests })).status).toBe(501);
});

test('calendars survive a restart, and a reset empties them', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'calendar-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }));
  const first = await openTenant({ dataDirectory });
  const caller = await callGraphAs(first.tenant, user('manager'), ['Calendars.ReadWrite']);
  await caller.request('POST', '/me/events', leave);
  first.close();

  const second = await openTenant({ dataDirectory });
  onTestFinished(second.close);
  const again = await callGraphAs(second.tenant, user('manager'), ['Calendars.ReadWrite']);
  expect(await subjects(again)).toEqual(['Leave']);
  second.tenant.reset();
  const afterReset = await callGraphAs(second.tenant, user('manager'), ['Calendars.ReadWrite']);
  expect(await subjects(afterReset)).toEqual([]);
});
