import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { balanceOf, expectMade, expectProblem, requestsOf } from '../support/answers.ts';
import { leaveOn, type RunningApi, startApi, today } from '../support/api.ts';
import { databases, type TemporaryDatabase } from '../support/databases.ts';

const manager = { name: 'Grace Åström', mail: 'grace@contoso.example' };

describe.each(databases)('leave kept in $kind', ({ create, available }) => {
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

  describe.skipIf(!available)('when it is requested', () => {
    test('is answered with what was booked, and then listed and taken out of the balance', async () => {
      const ada = api.person();
      const body = { startDate: '2026-12-18', endDate: '2026-12-22', note: ' Skiing ⛷️ ', approver: manager };
      const made = await expectMade(await ada.post(body));
      expect(made).toMatchObject({
        startDate: '2026-12-18',
        endDate: '2026-12-22',
        days: 3,
        note: 'Skiing ⛷️',
        status: 'pending',
        approver: manager,
        createdAt: '2026-03-02T23:30:00.000Z',
      });
      expect(await requestsOf(ada)).toEqual([made]);
      expect(await balanceOf(ada)).toEqual({
        year: 2026,
        entitlementDays: 25,
        bookedDays: 3,
        remainingDays: 22,
      });
    });

    test('is approved at once where nobody needs to approve it', async () => {
      const made = await expectMade(await api.person().post(leaveOn('2026-04-01')));
      expect(made).toMatchObject({ status: 'approved', approver: null, note: null });
    });

    test.each([
      ['today', leaveOn(today), 1],
      ['over a weekend', leaveOn('2026-03-06', '2026-03-09'), 2],
      ['up to the last day of the year', leaveOn('2026-12-28', '2026-12-31'), 4],
      ['in another year, which has its own entitlement', leaveOn('2027-01-04', '2027-02-05'), 25],
      ['on 29 February', leaveOn('2028-02-29'), 1],
      [
        'with an approver who has no mail',
        leaveOn('2026-05-04', undefined, { approver: { name: 'A', mail: null } }),
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
      expect(await expectMade(await api.person().post(body))).toMatchObject({ days });
    });

    test.each([
      ['in the past', leaveOn('2026-03-01', '2026-03-03'), 422, 'leave_in_past'],
      ['in the year 0', leaveOn('0000-03-01', '2026-03-03'), 422, 'leave_in_past'],
      ['over the turn of the year', leaveOn('2026-12-31', '2027-01-01'), 422, 'leave_spans_years'],
      ['on a weekend', leaveOn('2026-03-07', '2026-03-08'), 422, 'leave_without_working_days'],
      ['for more days than there are', leaveOn('2026-04-01', '2026-05-06'), 422, 'leave_overdrawn'],
      ['on days of other leave', leaveOn('2026-06-05', '2026-06-08'), 409, 'leave_overlaps'],
      ['around other leave', leaveOn('2026-06-01', '2026-06-19'), 409, 'leave_overlaps'],
      ['within other leave', leaveOn('2026-06-09'), 409, 'leave_overlaps'],
    ])('is refused %s, and nothing is booked', async (_title, body, status, code) => {
      const ada = api.person();
      await expectMade(await ada.post(leaveOn('2026-06-08', '2026-06-10')));
      await expectProblem(await ada.post(body), status, code);
      expect(await requestsOf(ada)).toHaveLength(1);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 3, remainingDays: 22 });
    });

    test('may end the day before other leave and start the day after it', async () => {
      const ada = api.person();
      for (const date of ['2026-06-09', '2026-06-08', '2026-06-10']) {
        await expectMade(await ada.post(leaveOn(date)));
      }
      const dates = (await requestsOf(ada)).map(({ startDate }) => startDate);
      expect(dates).toEqual(['2026-06-08', '2026-06-09', '2026-06-10']);
    });

    test('may take the last day that is left, and the refusal after that says none is', async () => {
      const ada = api.person();
      await expectMade(await ada.post(leaveOn('2026-04-01', '2026-05-05')));
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 25, remainingDays: 0 });
      const problem = await expectProblem(await ada.post(leaveOn('2026-05-06')), 422, 'leave_overdrawn');
      expect(problem).toMatchObject({ requestedDays: 1, remainingDays: 0 });
    });
  });

  describe.skipIf(!available)('under an Idempotency-Key', () => {
    test('is booked once, and repeating it gets the same answer', async () => {
      const ada = api.person();
      const key = randomUUID();
      const body = leaveOn('2026-07-01', '2026-07-03', { note: 'Sea', approver: manager });
      const made = await expectMade(await ada.post(body, key));
      expect(await expectMade(await ada.post(body, key.toUpperCase()))).toEqual(made);
      expect(await requestsOf(ada)).toEqual([made]);
    });

    test('gets the same answer after it was cancelled, and is not booked again', async () => {
      const ada = api.person();
      const key = randomUUID();
      const made = await expectMade(await ada.post(leaveOn('2026-07-01'), key));
      await ada.cancel(made.id);
      expect(await expectMade(await ada.post(leaveOn('2026-07-01'), key))).toEqual(made);
      expect(await requestsOf(ada)).toEqual([]);
    });

    test.each([
      ['first day', { startDate: '2026-07-02' }],
      ['last day', { endDate: '2026-07-06' }],
      ['year', { startDate: '2027-07-01', endDate: '2027-07-03' }],
      ['note', { note: 'Mountains' }],
      ['approver', { approver: null }],
      ["approver's mail", { approver: { ...manager, mail: null } }],
    ])('is refused with another %s', async (_title, change) => {
      const ada = api.person();
      const key = randomUUID();
      const body = leaveOn('2026-07-01', '2026-07-03', { note: 'Sea', approver: manager });
      await expectMade(await ada.post(body, key));
      await expectProblem(await ada.post({ ...body, ...change }, key), 422, 'idempotency_key_reused');
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test('that another person used is booked all the same', async () => {
      const key = randomUUID();
      await expectMade(await api.person().post(leaveOn('2026-07-01'), key));
      await expectMade(await api.person().post(leaveOn('2026-08-03'), key));
    });

    test('that was refused may be used again', async () => {
      const ada = api.person();
      const key = randomUUID();
      await expectProblem(await ada.post(leaveOn('2026-03-07'), key), 422, 'leave_without_working_days');
      await expectMade(await ada.post(leaveOn('2026-03-09'), key));
    });
  });

  describe.skipIf(!available)('when it is cancelled', () => {
    test('is gone and its days are back; cancelling it again has no further effect', async () => {
      const ada = api.person();
      const { id } = await expectMade(await ada.post(leaveOn('2026-03-03')));
      for (const _time of ['once', 'twice']) {
        const response = await ada.cancel(id);
        expect(response.status).toBe(204);
        expect(await response.text()).toBe('');
      }
      expect(await requestsOf(ada)).toEqual([]);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 0, remainingDays: 25 });
      await expectMade(await ada.post(leaveOn('2026-03-03')));
    });

    test('on its first day is refused', async () => {
      const ada = api.person();
      const { id } = await expectMade(await ada.post(leaveOn(today)));
      await expectProblem(await ada.cancel(id), 409, 'leave_already_started');
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test("gives an unknown one and another person's the same answer, and leaves theirs alone", async () => {
      const ada = api.person();
      const { id } = await expectMade(await ada.post(leaveOn('2026-03-03')));
      const answers = [];
      for (const response of [await api.person().cancel(id), await api.person().cancel(randomUUID())]) {
        const body = await expectProblem(response, 404, 'leave_request_not_found');
        answers.push({ ...Object(body), correlationId: undefined });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(await requestsOf(ada)).toHaveLength(1);
    });

    test.each(['1', 'not-a-uuid', '..%2F..%2Fetc', "'%20or%201=1"])('is refused by the id %s', async (id) => {
      await expectProblem(await api.person().cancel(id), 400, 'invalid_parameter');
    });
  });

  describe.skipIf(!available)('of several people', () => {
    test('is seen by each of their own only, also under the same object ID in another tenant', async () => {
      const objectId = randomUUID();
      const other = await startApi(api.database, { entitlementDays: 10 });
      const [ada, grace, adaElsewhere] = [api.person(objectId), api.person(), other.person(objectId)];
      const hers = await expectMade(await ada.post(leaveOn('2026-09-01')));
      const theirs = await expectMade(await grace.post(leaveOn('2026-09-01', '2026-09-02')));
      expect(await requestsOf(ada)).toEqual([hers]);
      expect(await requestsOf(grace)).toEqual([theirs]);
      expect(await requestsOf(adaElsewhere)).toEqual([]);
      expect(await balanceOf(adaElsewhere)).toMatchObject({ entitlementDays: 10, bookedDays: 0 });
      await other.close();
    });
  });

  describe.skipIf(!available)('as a balance', () => {
    test('is that of the year asked for', async () => {
      const ada = api.person();
      await expectMade(await ada.post(leaveOn('2027-01-04', '2027-01-05')));
      expect(await balanceOf(ada)).toMatchObject({ year: 2026, bookedDays: 0 });
      expect(await balanceOf(ada, '?year=2027')).toMatchObject({ year: 2027, bookedDays: 2 });
      expect(await balanceOf(ada, '?year=0000')).toMatchObject({ year: 0, bookedDays: 0 });
    });

    test.each(['?year=', '?year=26', '?year=2026.5', '?year=20260', '?year=-2026', '?year=2026&year=2027'])(
      'is refused for %s',
      async (query) => {
        await expectProblem(await api.person().get(`/api/leave-balance${query}`), 400, 'invalid_parameter');
      },
    );
  });
});

describe('the current day', () => {
  test('is the one in UTC, and decides what is past and which year the balance is of', async () => {
    const api = await startApi({ directory: null });
    const ada = api.person();
    const { id } = await expectMade(await ada.post(leaveOn('2026-12-30'), randomUUID()));
    const key = randomUUID();
    const made = await expectMade(await ada.post(leaveOn('2026-12-31'), key));
    api.setToday('2027-01-01');
    expect(await balanceOf(ada)).toMatchObject({ year: 2027, bookedDays: 0 });
    await expectProblem(await ada.post(leaveOn('2026-12-29')), 422, 'leave_in_past');
    await expectProblem(await ada.cancel(id), 409, 'leave_already_started');
    expect(await expectMade(await ada.post(leaveOn('2026-12-31'), key))).toEqual(made);
    await api.close();
  });
});
