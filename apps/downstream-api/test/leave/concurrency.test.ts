import { randomUUID } from 'node:crypto';
import { databases, type TemporaryDatabase } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, callerOf, leaveOn, type RunningApi, startApi, startIssuer } from '../support/api.ts';
import { balanceOf, expectCreated, requestsOf } from '../support/responses.ts';

const settings = databases.flatMap((database) =>
  (database.kind === 'PGlite' ? [1] : [1, 2]).map((instances) => ({ ...database, instances })),
);

describe.each(settings)('concurrent requests, with $kind and $instances × the API', (setting) => {
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

  /** Returns callers for a new user, one for each instance. */
  function newUser(): { at(index: number): Caller } {
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
        return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'created';
      }),
    );
    return { created: responses.filter(({ status }) => status === 201), codes };
  };
  const dayOfApril = (index: number): string => `2026-04-${String(index + 1).padStart(2, '0')}`;

  test.skipIf(!available)('never book more days than the entitlement', async () => {
    const ada = newUser();
    const weekdays = Array.from({ length: 28 }, (_, index) => dayOfApril(index)).filter((date) => {
      const weekday = new Date(date).getUTCDay();
      return weekday > 0 && weekday < 6;
    });
    const { created, codes } = await atOnce(20, (index) =>
      ada.at(index).post(leaveOn(weekdays[index] ?? '')),
    );
    expect(created).toHaveLength(5);
    expect(codes.filter((code) => code === 'leave_overdrawn')).toHaveLength(15);
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 5, remainingDays: 0 });
    expect(await requestsOf(ada.at(1))).toHaveLength(5);
  });

  test.skipIf(!available)('never book the same day twice', async () => {
    const ada = newUser();
    const { created, codes } = await atOnce(10, (index) =>
      ada.at(index).post(leaveOn('2026-06-01', '2026-06-02')),
    );
    expect(created).toHaveLength(1);
    expect(codes.filter((code) => code === 'leave_overlaps')).toHaveLength(9);
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 2 });
  });

  test.skipIf(!available)('with one key and one body are booked once, with one result', async () => {
    const ada = newUser();
    const key = randomUUID();
    const { created } = await atOnce(10, (index) => ada.at(index).post(leaveOn('2026-06-01'), key));
    const answers = await Promise.all(created.map(expectCreated));
    expect(answers).toHaveLength(10);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await requestsOf(ada.at(0))).toEqual([answers[0]]);
  });

  test.skipIf(!available)(
    'with one key and different bodies, for different years, are booked once',
    async () => {
      const ada = newUser();
      const key = randomUUID();
      const { created, codes } = await atOnce(10, (index) =>
        ada.at(index).post(leaveOn(`${2027 + index}-06-01`, `${2027 + index}-06-04`), key),
      );
      expect(created).toHaveLength(1);
      expect(codes.filter((code) => code === 'idempotency_key_reused')).toHaveLength(9);
      expect(await requestsOf(ada.at(0))).toHaveLength(1);
    },
  );

  test.skipIf(!available)('to cancel the same leave all succeed', async () => {
    const ada = newUser();
    const { id } = await expectCreated(await ada.at(0).post(leaveOn('2026-06-01')));
    const responses = await Promise.all(Array.from({ length: 10 }, (_, index) => ada.at(index).cancel(id)));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 204));
    expect(await balanceOf(ada.at(0))).toMatchObject({ bookedDays: 0 });
  });

  test.skipIf(!available)('from many users do not affect each other', async () => {
    const users = Array.from({ length: 20 }, newUser);
    const answers = await Promise.all(
      users.map(async (user, index) =>
        expectCreated(await user.at(index).post(leaveOn('2026-06-01', '2026-06-05'))),
      ),
    );
    for (const [index, user] of users.entries()) {
      expect(await requestsOf(user.at(index + 1))).toEqual([answers[index]]);
    }
  });
});
