import { randomUUID } from 'node:crypto';
import { databases, type TemporaryDatabase } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, leaveOn, type RunningApi, startApi } from '../support/api.ts';
import {
  balanceOf,
  expectCreated,
  expectDecided,
  expectProblem,
  requestsOf,
  waitingFor,
} from '../support/responses.ts';

describe.each(databases)('decisions stored in $kind', ({ create, available }) => {
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

  /** Creates a user and their manager. */
  function newTeam() {
    const [ada, grace] = [randomUUID(), randomUUID()];
    return {
      adaId: ada,
      ada: api.user(ada),
      grace: api.user(grace),
      approver: { name: 'Grace', mail: null, objectId: grace },
    };
  }

  describe.skipIf(!available)('the requests that wait', () => {
    test('are listed for the approver, by first day, until they are decided or canceled', async () => {
      const { ada, adaId, grace, approver } = newTeam();
      const [later, sooner, canceled] = await Promise.all(
        ['2026-09-02', '2026-09-01', '2026-09-03'].map(async (date) =>
          expectCreated(await ada.post(leaveOn(date, date, { approver, note: 'Sea' }))),
        ),
      );
      await ada.cancel(canceled?.id ?? '');
      const { requests, next } = await waitingFor(grace);
      expect(requests.map(({ id }) => id)).toEqual([sooner?.id, later?.id]);
      expect(requests[0]).toMatchObject({ requester: { objectId: adaId }, days: 1, note: 'Sea' });
      expect(next).toBeNull();
      await grace.decide(sooner?.id ?? '', 'approval');
      expect((await waitingFor(grace)).requests.map(({ id }) => id)).toEqual([later?.id]);
    });

    test('come in pages, none twice, even if one is decided in between', async () => {
      const { grace, approver } = newTeam();
      const dates = ['2026-09-01', '2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04'];
      for (const date of dates) await expectCreated(await api.user().post(leaveOn(date, date, { approver })));
      const first = await waitingFor(grace, '?limit=2');
      await grace.decide(first.requests[1]?.id ?? '', 'rejection');
      const second = await waitingFor(grace, `?limit=2&after=${first.next}`);
      const third = await waitingFor(grace, `?limit=2&after=${second.next}`);
      const pages = [first, second, third].flatMap(({ requests }) => requests);
      expect(pages.map(({ startDate }) => startDate)).toEqual(dates);
      expect(new Set(pages.map(({ id }) => id)).size).toBe(5);
      expect(third.next).toBeNull();
    });

    test.each([
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1.5',
      'after=x',
      'after=2026-09-01.x',
      'after=.',
      'after=1&after=2',
    ])('are not listed for ?%s', async (query) => {
      await expectProblem(
        await api.user().get(`/api/team/leave-requests?${query}`),
        400,
        'invalid_parameter',
      );
    });
  });

  describe.skipIf(!available)('by the approver', () => {
    test('are shown to the requester, with the time and the note', async () => {
      const { ada, grace, approver } = newTeam();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01', '2026-09-02', { approver })));
      const decided = await expectDecided(await grace.decide(id, 'approval', { note: ' Enjoy ⛱️ ' }));
      expect(decided).toMatchObject({ id, status: 'approved', decision: { note: 'Enjoy ⛱️' } });
      expect(await requestsOf(ada)).toMatchObject([
        {
          id,
          status: 'approved',
          approver: { name: 'Grace' },
          decision: { decidedAt: '2026-03-02T23:30:00.000Z', note: 'Enjoy ⛱️' },
        },
      ]);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 2 });
    });

    test('give the days back if leave is rejected', async () => {
      const { ada, grace, approver } = newTeam();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01', '2026-09-02', { approver })));
      await expectDecided(await grace.decide(id, 'rejection', { note: 'Release week' }));
      expect(await requestsOf(ada)).toMatchObject([
        { status: 'rejected', decision: { note: 'Release week' } },
      ]);
      expect(await balanceOf(ada)).toMatchObject({ bookedDays: 0 });
      await expectCreated(await ada.post(leaveOn('2026-09-01', '2026-09-02', { approver })));
    });

    test('are made once, and repeated under their key', async () => {
      const { ada, grace, approver } = newTeam();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01', undefined, { approver })));
      const key = randomUUID();
      const decided = await expectDecided(await grace.decide(id, 'approval', { note: 'Yes' }, key));
      expect(
        await expectDecided(await grace.decide(id, 'approval', { note: 'Yes' }, key.toUpperCase())),
      ).toEqual(decided);
      await expectProblem(
        await grace.decide(id, 'approval', { note: 'No' }, key),
        422,
        'idempotency_key_reused',
      );
      await expectProblem(
        await grace.decide(id, 'rejection', { note: 'Yes' }, key),
        422,
        'idempotency_key_reused',
      );
      const problem = await expectProblem(await grace.decide(id, 'rejection'), 409, 'leave_already_decided');
      expect(problem).toMatchObject({ decision: 'approved' });
      await ada.cancel(id);
      expect(await expectDecided(await grace.decide(id, 'approval', { note: 'Yes' }, key))).toEqual(decided);
      expect(await requestsOf(ada)).toEqual([]);
    });

    test('are not made about canceled leave', async () => {
      const { ada, grace, approver } = newTeam();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01', undefined, { approver })));
      await ada.cancel(id);
      await expectProblem(await grace.decide(id, 'approval'), 409, 'leave_canceled');
      await expectProblem(await grace.decide(id, 'rejection'), 409, 'leave_canceled');
    });
  });

  describe.skipIf(!available).each(['approval', 'rejection'] as const)('an %s', (decision) => {
    test.each([
      ['the requester', 'ada'],
      ['another user', 'stranger'],
      ['the same object ID in another tenant', 'elsewhere'],
    ])('by %s gets the same response as about a request that does not exist', async (_title, who) => {
      const { ada, grace, approver } = newTeam();
      const elsewhere = await startApi(api.database);
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01', undefined, { approver })));
      const callers = {
        ada,
        stranger: api.user(),
        elsewhere: callerOf(elsewhere.url, elsewhere.issuer, approver.objectId),
      };
      const caller = Object.entries(callers).find(([name]) => name === who)?.[1] ?? ada;
      const answers = [];
      for (const response of [
        await caller.decide(id, decision),
        await caller.decide(randomUUID(), decision),
      ]) {
        const body = await expectProblem(response, 404, 'leave_request_not_found');
        answers.push({ ...Object(body), correlationId: undefined });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect((await waitingFor(caller)).requests).toEqual([]);
      expect((await waitingFor(grace)).requests).toHaveLength(1);
      await elsewhere.close();
    });

    test('is not made about leave that needs no approval', async () => {
      const ada = api.user();
      const { id } = await expectCreated(await ada.post(leaveOn('2026-09-01')));
      await expectProblem(await ada.decide(id, decision), 404, 'leave_request_not_found');
    });

    test.each([
      ['a note that is too long', { note: 'x'.repeat(501) }, undefined, 'invalid_body'],
      ['a note with control characters', { note: '\u0000' }, undefined, 'invalid_body'],
      ['no object as its body', [], undefined, 'invalid_body'],
      ['a key that is not a UUID', {}, 'once', 'invalid_parameter'],
    ])('is rejected with %s', async (_title, body, key, code) => {
      await expectProblem(await api.user().decide(randomUUID(), decision, body, key), 400, code);
    });
  });

  test.skipIf(!available)('a request that names its user as approver is rejected', async () => {
    const { ada, adaId, approver } = newTeam();
    const body = leaveOn('2026-09-01', undefined, { approver: { ...approver, objectId: adaId } });
    await expectProblem(await ada.post(body), 422, 'approver_not_allowed');
    expect(await requestsOf(ada)).toEqual([]);
  });
});
