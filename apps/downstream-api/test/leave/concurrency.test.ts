import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { balanceOf, expectMade, requestsOf } from '../support/answers.ts';
import { type Caller, callerOf, leaveOn, type RunningApi, startApi, startIssuer } from '../support/api.ts';
import { databases, type TemporaryDatabase } from '../support/databases.ts';

const settings = databases.flatMap((database) =>
  (database.kind === 'PGlite' ? [1] : [1, 2]).map((instances) => ({ ...database, instances })),
);

describe.each(settings)('requests at once, with $instances × the API and $kind', (setting) => {
  const { create, available, instances } = setting;
  let database: TemporaryDatabase;
  let apis: RunningApi[];

  beforeAll(async () => {
    if (!available) return;
    database = await create();
    const issuer = await startIssuer();
    apis = await Promise.all(
      Array.from({ length: instances }, () => startApi(database.location, { issuer, entitlementDays: 5 })),
    );
  });

  afterAll(async () => {
    for (const api of apis ?? []) await api.close();
    await apis?.[0]?.issuer.close();
    await database?.drop();
  });

  /** The same person, at one instance after the other. */
  function person(): { at(index: number): Caller } {
    const objectId = randomUUID();
    const callers = apis.map((api) => callerOf(api.url, api.issuer, objectId));
    return {
      at(index) {
        const caller = callers[index % callers.length];
        if (!caller) throw new Error('There is no instance');
        return caller;
      },
    };
  }

  const atOnce = async (count: number, send: (index: number) => Promise<Response>) => {
    const responses = await Promise.all(Array.from({ length: count }, (_, index) => send(index)));
    const codes = await Promise.all(
      responses.map(async (response) => {
        const body: unknown = response.status === 201 ? {} : await response.clone().json();
        return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'made';
      }),
    );
    return { made: responses.filter(({ status }) => status === 201), codes };
  };
  const dayOfApril = (index: number): string => `2026-04-${String(index + 1).padStart(2, '0')}`;

  test.skipIf(!available)('never take more days than there are', async () => {
    const ada = person();
    const weekdays = Array.from({ length: 28 }, (_, index) => dayOfApril(index)).filter((date) => {
      const weekday = new Date(date).getUTCDay();
      return weekday > 0 && weekday < 6;
    });
    const { made, codes } = await atOnce(20, (index) => ada.at(index).post(leaveOn(weekdays[index] ?? '')));
    expect(made).toHaveLength(5);
    expect(codes.filter((code) => code === 'leave_overdrawn')).toHaveLength(15);
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 5, remainingDays: 0 });
    expect(await requestsOf(ada.at(1))).toHaveLength(5);
  });

  test.skipIf(!available)('never take the same day twice', async () => {
    const ada = person();
    const { made, codes } = await atOnce(10, (index) =>
      ada.at(index).post(leaveOn('2026-06-01', '2026-06-02')),
    );
    expect(made).toHaveLength(1);
    expect(codes.filter((code) => code === 'leave_overlaps')).toHaveLength(9);
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 2 });
  });

  test.skipIf(!available)('with one key and one body are one request with one answer', async () => {
    const ada = person();
    const key = randomUUID();
    const { made } = await atOnce(10, (index) => ada.at(index).post(leaveOn('2026-06-01'), key));
    const answers = await Promise.all(made.map(expectMade));
    expect(answers).toHaveLength(10);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await requestsOf(ada.at(0))).toEqual([answers[0]]);
  });

  test.skipIf(!available)('with one key and many bodies, of many years, are one request', async () => {
    const ada = person();
    const key = randomUUID();
    const { made, codes } = await atOnce(10, (index) =>
      ada.at(index).post(leaveOn(`${2027 + index}-06-01`, `${2027 + index}-06-04`), key),
    );
    expect(made).toHaveLength(1);
    expect(codes.filter((code) => code === 'idempotency_key_reused')).toHaveLength(9);
    expect(await requestsOf(ada.at(0))).toHaveLength(1);
  });

  test.skipIf(!available)('to cancel one leave are all answered alike', async () => {
    const ada = person();
    const { id } = await expectMade(await ada.at(0).post(leaveOn('2026-06-01')));
    const responses = await Promise.all(Array.from({ length: 10 }, (_, index) => ada.at(index).cancel(id)));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 204));
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 0 });
  });

  test.skipIf(!available)('of many people do not disturb each other', async () => {
    const people = Array.from({ length: 20 }, person);
    const answers = await Promise.all(
      people.map(async (somebody, index) =>
        expectMade(await somebody.at(index).post(leaveOn('2026-06-01', '2026-06-05'))),
      ),
    );
    for (const [index, somebody] of people.entries()) {
      expect(await requestsOf(somebody.at(index + 1))).toEqual([answers[index]]);
    }
  });
});
