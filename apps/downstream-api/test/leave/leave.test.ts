import { randomUUID } from 'node:crypto';
import { databases, type TemporaryDatabase } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { leaveOn, type RunningApi, startApi, today } from '../support/api.ts';
import { balanceOf, expectCreated, expectProblem, requestsOf } from '../support/responses.ts';

const shownManager = { name: 'Grace Åström', mail: 'grace@contoso.example' };
const manager = { ...shownManager, objectId: randomUUID() };

describe.each(databases)('leave stored in $kind', ({ create, available }) => {
  let database: TemporaryDatabase;
  let api: RunningApi;

  beforeAll(async () => {
    if (!available) return;
    database = await create();
    api = await startApi(database.location);
  });

  afterAll(async () => {
    await api?.close();
    await database?.drop();
  });

  describe.skipIf(!available)('that is requested', () => {
    test('is booked, returned, listed and subtracted from the balance', async () => {
      const ada = api.user();
      const body = { startDate: '2026-12-18', endDate: '2026-12-22', note: ' Skiing ⛷️ ', approver: manager };
      const created = await expectCreated(await ada.post(body));
      expect(created).toMatchObject({
        startDate: '2026-12-18',
        endDate: '2026-12-22',
        days: 3,
        note: 'Skiing ⛷️',
        status: 'pending',
        approver: shownManager,
        decision: null,
        createdAt: '2026-03-02T23:30:00.000Z',
      });
      expect(await requestsOf(ada)).toEqual([created]);
      expect(await balanceOf(ada)).toEqual({
        year: 2026,
        entitlementDays: 25,
        bookedDays: 3,
        remainingDays: 22,
      });
    });

    test('is approved at once without an approver', async () => {
      const created = await expectCreated(await api.user().post(leaveOn('2026-04-01')));
      expect(created).toMatchObject({ status: 'approved', approver: null, note: null });
    });

    test.each([
      ['today', leaveOn(today), 1],
      ['over a weekend', leaveOn('2026-03-06', '2026-03-09'), 2],
      ['up to the last day of the year', leaveOn('2026-12-28', '2026-12-31'), 4],
      ['in another year, which has its own entitlement', leaveOn('2027-01-04', '2027-02-05'), 25],
      ['on 29 February', leaveOn('2028-02-29'), 1],
      [
        'with an approver who has no mail',
        leaveOn('2026-05-04', undefined, { approver: { ...manager, mail: null } }),
        1,
      ],
      ['with a note of 500 characters', leaveOn('2026-05-05', undefined, { note: 'x'.repeat(500) }), 1],
      ['with an empty note', leaveOn('2026-05-06', undefined, { note: '' }), 1],
      ['with no note', leaveOn('2026-05-07', undefined, { note: null }), 1],
      [
        'with SQL in the note',
        leaveOn('2026-05-08', undefined, { note: "'; drop table leave_request; --" }),
        1,
      ],
    ])('may be %s', async (_title, body, days) => {
      expect(await expectCreated(await api.user().post(body))).toMatchObject({ days });
    });

    test.each([
      ['in the past', leaveOn('2026-03-01', '2026-03-03'), 422, 'leave_in_past'],
      ['in the year 0', leaveOn('0000-03-01', '2026-03-03'), 422, 'leave_in_past'],
      ['over the turn of the year', leaveOn('2026-12-31', '2027-01-01'), 422, 'leave_spans_years'],
      ['on a weekend', leaveOn('2026-03-07', '2026-03-08'), 422, 'leave_without_working_days'],
      ['for more days than there are', leaveOn('2026-04-01', '2026-05-06'), 422, 'leave_overdrawn'],
      ['up to the first day of other leave', leaveOn('2026-06-05', '2026-06-08'), 409, 'leave_overlaps'],
      ['from the last day of other leave on', leaveOn('2026-06-10', '2026-06-12'), 409, 'leave_overlaps'],
      ['around other leave', leaveOn('2026-06-01', '2026-06-19'), 409, 'leave_overlaps'],
      ['within other leave', leaveOn('2026-06-09'), 409, 'leave_overlaps'],
    ])('is rejected %s, and nothing is booked', async (_title, body, status, code) => {
      const ada = api.user();
      await expectCreated(await ada.post(leaveOn('2026-06-08', '2026-06-10')));
      await expectProblem(await ada.post(body), status, code);
      expect(await requestsOf(ada)).toHaveLength(1);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 3, remainingDays: 22 });
    });

    test('may end the day before other leave and start the day after it', async () => {
      const ada = api.user();
      for (const date of ['2026-06-09', '2026-06-08', '2026-06-10']) {
        await expectCreated(await ada.post(leaveOn(date)));
      }
      const dates = (await requestsOf(ada)).map(({ startDate }) => startDate);
      expect(dates).toEqual(['2026-06-08', '2026-06-09', '2026-06-10']);
    });

    test('may use the last remaining day, and the next request is rejected with none remaining', async () => {
      const ada = api.user();
      await expectCreated(await ada.post(leaveOn('2026-04-01', '2026-05-05')));
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 25, remainingDays: 0 });
      const problem = await expectProblem(await ada.post(leaveOn('2026-05-06')), 422, 'leave_overdrawn');
      expect(problem).toMatchObject({ requestedDays: 1, remainingDays: 0 });
    });
  });

  describe.skipIf(!available)('with an Idempotency-Key', () => {
    test('is booked once, and repeating the request returns the same result', async () => {
      const ada = api.user();
      const key = randomUUID();
      const body = leaveOn('2026-07-01', '2026-07-03', { note: 'Sea', approver: manager });
      const created = await expectCreated(await ada.post(body, key));
      expect(await expectCreated(await ada.post(body, key.toUpperCase()))).toEqual(created);
      expect(await requestsOf(ada)).toEqual([created]);
    });

    test('is not booked again by repeating the request after it was canceled', async () => {
      const ada = api.user();
      const key = randomUUID();
      const created = await expectCreated(await ada.post(leaveOn('2026-07-01'), key));
      await ada.cancel(created.id);
      expect(await expectCreated(await ada.post(leaveOn('2026-07-01'), key))).toEqual(created);
      expect(await requestsOf(ada)).toEqual([]);
    });

    test.each([
      ['first day', { startDate: '2026-07-02' }],
      ['last day', { endDate: '2026-07-06' }],
      ['year', { startDate: '2027-07-01', endDate: '2027-07-03' }],
      ['note', { note: 'Mountains' }],
      ['approver', { approver: null }],
      ["approver's mail", { approver: { ...manager, mail: null } }],
      ['user as approver', { approver: { ...manager, objectId: randomUUID() } }],
    ])('is rejected if the key was used with another %s', async (_title, change) => {
      const ada = api.user();
      const key = randomUUID();
      const body = leaveOn('2026-07-01', '2026-07-03', { note: 'Sea', approver: manager });
      await expectCreated(await ada.post(body, key));
      await expectProblem(await ada.post({ ...body, ...change }, key), 422, 'idempotency_key_reused');
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test('that another user has used is booked', async () => {
      const key = randomUUID();
      await expectCreated(await api.user().post(leaveOn('2026-07-01'), key));
      await expectCreated(await api.user().post(leaveOn('2026-08-03'), key));
    });

    test('of a rejected request is booked', async () => {
      const ada = api.user();
      const key = randomUUID();
      await expectProblem(await ada.post(leaveOn('2026-03-07'), key), 422, 'leave_without_working_days');
      await expectCreated(await ada.post(leaveOn('2026-03-09'), key));
    });
  });

  describe.skipIf(!available)('that is canceled', () => {
    test('is no longer listed or subtracted, and canceling it again has no effect', async () => {
      const ada = api.user();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-03-03')));
      for (const _time of ['once', 'twice']) {
        const response = await ada.cancel(id);
        expect(response.status).toBe(204);
        expect(await response.text()).toBe('');
      }
      expect(await requestsOf(ada)).toEqual([]);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 0, remainingDays: 25 });
      await expectCreated(await ada.post(leaveOn('2026-03-03')));
    });

    test('stays canceled when it is canceled again after it would have started', async () => {
      onTestFinished(() => api.setToday(today));
      const ada = api.user();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-03-03')));
      await ada.cancel(id);
      api.setToday('2026-03-04');
      expect((await ada.cancel(id)).status).toBe(204);
    });

    test('on its first day is not canceled', async () => {
      const ada = api.user();
      const { id } = await expectCreated(await ada.post(leaveOn(today)));
      await expectProblem(await ada.cancel(id), 409, 'leave_already_started');
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test("gets the same response whether it is unknown or another user's, which is not canceled", async () => {
      const ada = api.user();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-03-03')));
      const answers = [];
      for (const response of [await api.user().cancel(id), await api.user().cancel(randomUUID())]) {
        const body = await expectProblem(response, 404, 'leave_request_not_found');
        answers.push({ ...Object(body), correlationId: undefined });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test.each(['1', 'not-a-uuid', '..%2F..%2Fetc', "'%20or%201=1"])(
      'is rejected with the ID %s',
      async (id) => {
        await expectProblem(await api.user().cancel(id), 400, 'invalid_parameter');
      },
    );
  });

  describe.skipIf(!available)('of several users', () => {
    test('is visible to its own user only, even with the same object ID in another tenant', async () => {
      const objectId = randomUUID();
      const other = await startApi(api.database, { entitlementDays: 10 });
      const [ada, grace, adaElsewhere] = [api.user(objectId), api.user(), other.user(objectId)];
      const hers = await expectCreated(await ada.post(leaveOn('2026-09-01')));
      const theirs = await expectCreated(await grace.post(leaveOn('2026-09-01', '2026-09-02')));
      expect(await requestsOf(ada)).toEqual([hers]);
      expect(await requestsOf(grace)).toEqual([theirs]);
      expect(await requestsOf(adaElsewhere)).toEqual([]);
      expect(await balanceOf(adaElsewhere)).toMatchObject({ entitlementDays: 10, bookedDays: 0 });
      await other.close();
    });
  });

  describe.skipIf(!available)('as a balance', () => {
    test('is for the year in the query', async () => {
      const ada = api.user();
      await expectCreated(await ada.post(leaveOn('2027-01-04', '2027-01-05')));
      expect(await balanceOf(ada)).toMatchObject({ year: 2026, bookedDays: 0 });
      expect(await balanceOf(ada, '?year=2027')).toMatchObject({ year: 2027, bookedDays: 2 });
      expect(await balanceOf(ada, '?year=0000')).toMatchObject({ year: 0, bookedDays: 0 });
    });

    test.each(['?year=', '?year=26', '?year=2026.5', '?year=20260', '?year=-2026', '?year=2026&year=2027'])(
      'is rejected for %s',
      async (query) => {
        await expectProblem(await api.user().get(`/api/leave-balance${query}`), 400, 'invalid_parameter');
      },
    );
  });

  test.skipIf(!available)('body members that the schema does not list have no effect', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    const created = await expectCreated(
      await api.user(ada).post({
        ...leaveOn('2026-06-01', undefined, {
          approver: { name: 'Grace', mail: null, objectId: grace, admin: true },
        }),
        id: randomUUID(),
        status: 'approved',
        days: 0,
        createdAt: '2000-01-01T00:00:00.000Z',
        employeeId: grace,
        objectId: grace,
        object_id: grace,
        tid: randomUUID(),
        ['__proto__']: { approver: null },
      }),
    );
    expect(created).toMatchObject({ status: 'pending', days: 1, approver: { name: 'Grace', mail: null } });
    expect(await requestsOf(api.user(ada))).toEqual([created]);
    expect(await requestsOf(api.user(grace))).toEqual([]);
  });

  test.skipIf(!available)('depends on the current date in UTC', async () => {
    onTestFinished(() => api.setToday(today));
    const ada = api.user();
    const { id } = await expectCreated(await ada.post(leaveOn('2026-12-30')));
    const key = randomUUID();
    const created = await expectCreated(await ada.post(leaveOn('2026-12-31'), key));
    api.setToday('2027-01-01');
    expect(await balanceOf(ada)).toMatchObject({ year: 2027, bookedDays: 0 });
    await expectProblem(await ada.post(leaveOn('2026-12-29')), 422, 'leave_in_past');
    await expectProblem(await ada.cancel(id), 409, 'leave_already_started');
    expect(await expectCreated(await ada.post(leaveOn('2026-12-31'), key))).toEqual(created);
  });
});
