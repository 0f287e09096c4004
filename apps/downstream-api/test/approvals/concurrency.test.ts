import { randomUUID } from 'node:crypto';
import { databases, type TemporaryDatabase } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, leaveOn, type RunningApi, startApi, startIssuer } from '../support/api.ts';
import { balanceOf, expectCreated, expectDecided, requestsOf } from '../support/responses.ts';

const settings = databases.flatMap((database) =>
  (database.kind === 'PGlite' ? [1] : [1, 2]).map((instances) => ({ ...database, instances })),
);

describe.each(settings)('concurrent decisions, with $kind and $instances × the API', (setting) => {
  const { create, available, instances } = setting;
  let database: TemporaryDatabase;
  let apis: RunningApi[];

  beforeAll(async () => {
    if (!available) return;
    database = await create();
    const issuer = await startIssuer();
    apis = await Promise.all(
      Array.from({ length: instances }, () => startApi(database.location, { issuer })),
    );
  });

  afterAll(async () => {
    for (const api of apis ?? []) await api.close();
    await apis?.[0]?.issuer.close();
    await database?.drop();
  });

  const caller = (objectId: string, index: number) => {
    const api = apis[index % apis.length];
    if (!api) throw new Error('There is no instance');
    return callerOf(api.url, api.issuer, objectId);
  };

  /** Requests leave for a new user from a new approver. */
  async function newRequest() {
    const [ada, grace] = [randomUUID(), randomUUID()];
    const approver = { name: 'Grace', mail: null, objectId: grace };
    const body = leaveOn('2026-09-01', '2026-09-02', { approver });
    const { id } = await expectCreated(await caller(ada, 0).post(body));
    return { id, ada: (index: number) => caller(ada, index), grace: (index: number) => caller(grace, index) };
  }

  /** Sends requests at the same moment. Where the database asks for it, they are sent again with the same key. */
  const atOnce = (count: number, send: (index: number, key: string) => Promise<Response>) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const key = randomUUID();
        let response = await send(index, key);
        while (response.status === 503) response = await send(index, key);
        return response;
      }),
    );

  async function codesOf(responses: readonly Response[]): Promise<string[]> {
    return Promise.all(
      responses.map(async (response) =>
        response.ok ? String(response.status) : String(Object(await response.clone().json()).code),
      ),
    );
  }

  test.skipIf(!available)('of 100 on the same request one wins, and the others are rejected', async () => {
    const { id, ada, grace } = await newRequest();
    const responses = await atOnce(100, (index, key) =>
      grace(index).decide(id, index % 2 === 0 ? 'approval' : 'rejection', { note: `${index}` }, key),
    );
    const codes = await codesOf(responses);
    expect(codes.filter((code) => code === '200')).toHaveLength(1);
    expect(codes.filter((code) => code === 'leave_already_decided')).toHaveLength(99);
    const winner = codes.indexOf('200');
    expect(await requestsOf(ada(1))).toMatchObject([
      { status: winner % 2 === 0 ? 'approved' : 'rejected', decision: { note: `${winner}` } },
    ]);
    expect(await balanceOf(ada(0))).toMatchObject({ bookedDays: winner % 2 === 0 ? 2 : 0 });
  });

  test.skipIf(!available)('of 100 with one key and one body all get the same result', async () => {
    const { id, grace } = await newRequest();
    const key = randomUUID();
    const responses = await atOnce(100, (index) => grace(index).decide(id, 'approval', { note: 'Yes' }, key));
    const answers = await Promise.all(responses.map(expectDecided));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test.skipIf(!available)('about leave that is canceled meanwhile either win or are rejected', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, ada, grace } = await newRequest();
      const [canceled, decided] = await Promise.all([
        ada(round).cancel(id),
        grace(round + 1).decide(id, 'approval'),
      ]);
      expect(canceled.status).toBe(204);
      expect(['200', 'leave_canceled']).toContain((await codesOf([decided]))[0]);
      expect(await requestsOf(ada(0))).toEqual([]);
      expect(await balanceOf(ada(0))).toMatchObject({ bookedDays: 0 });
    }
  });
});
