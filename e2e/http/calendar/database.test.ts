import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CalendarChain, mondayOf, priya, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 60_000, interval: 200 };

describe.skipIf(!postgresqlAnswers)('the database of the calendar', { timeout: 180_000 }, () => {
  let chain: CalendarChain;
  let token: string;
  beforeAll(async () => {
    chain = await startCalendarChain();
  }, 180_000);
  beforeEach(async () => {
    await chain.empty();
    token = await chain.signIn(priya);
  });
  afterAll(() => chain.close());

  const requestLeave = (key: string, more: object) =>
    chain.call(token, '/api/leave-requests', {
      method: 'POST',
      body: { startDate: mondayOf(2), endDate: mondayOf(2), ...more },
      key,
    });
  const approve = (id: unknown) => chain.decide(`${id}`);
  const readiness = async () => {
    const response = await fetch(`${chain.middleTierUrl}/readyz`);
    const { status, dependencies } = await response.json();
    return { status: response.status, says: status, database: dependencies.database };
  };
  const failing = { status: 200, says: 'ready', database: 'failing' };
  const answering = { status: 200, says: 'ready', database: 'answering' };
  async function expectOverviewToWork() {
    const { status, body } = await chain.call(token, '/api/overview');
    expect(status).toBe(200);
    expect(body).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
  }
  const unavailable = { status: 503, body: { code: 'database_unavailable' } };

  test('that is down leaves the middle tier ready, and everything working that needs no calendar', async () => {
    expect(await readiness()).toEqual(answering);
    chain.databaseProxy.refuse();
    await expect.poll(readiness, patience).toEqual(failing);
    await expectOverviewToWork();
    const key = crypto.randomUUID();
    expect(await requestLeave(key, { addToCalendar: true })).toMatchObject(unavailable);
    expect(await chain.call(token, '/api/long-running-sessions')).toMatchObject(unavailable);
    const other = { startDate: mondayOf(3), endDate: mondayOf(3) };
    expect((await requestLeave(crypto.randomUUID(), other)).status).toBe(201);

    chain.databaseProxy.recover();
    await expect.poll(readiness, patience).toEqual(answering);
    const { status, body } = await requestLeave(key, { addToCalendar: true });
    expect(status).toBe(201);
    expect((await approve(body.id)).status).toBe(200);
    await expect.poll(async () => (await chain.eventsOf(priya)).length, patience).toBe(1);
  });

  test('that says nothing holds up neither readiness nor the overview, and is used again when it answers', async () => {
    chain.databaseProxy.fallSilent();
    await expect.poll(readiness, patience).toEqual(failing);
    await expectOverviewToWork();
    chain.databaseProxy.recover();
    await expect.poll(readiness, patience).toEqual(answering);
    await approve(await chain.requestLeave(token, 2));
    await expect.poll(async () => (await chain.eventsOf(priya)).length, patience).toBe(1);
  });

  test('that lost its queue is reported too', async () => {
    await chain.rows('alter schema pgboss rename to elsewhere');
    try {
      await expect.poll(readiness, patience).toEqual(failing);
      await expectOverviewToWork();
    } finally {
      await chain.rows('alter schema elsewhere rename to pgboss');
    }
    await expect.poll(readiness, patience).toEqual(answering);
  });

  test('may start after the middle tier, which then does what it was asked for', async () => {
    chain.databaseProxy.refuse();
    await chain.renewMiddleTier();
    await expect.poll(readiness, patience).toEqual(failing);
    await expectOverviewToWork();
    chain.databaseProxy.recover();
    await expect.poll(readiness, patience).toEqual(answering);
    const id = await chain.requestLeave(token, 2);
    await approve(id);
    await expect.poll(async () => (await chain.eventsOf(priya)).length, patience).toBe(1);
  });
});
