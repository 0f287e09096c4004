import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { amara, type CalendarChain, lukasz, mondayOf, priya, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 60_000, interval: 100 };
const sessions = '/api/long-running-sessions';

describe.skipIf(!postgresqlAnswers)('leave that is added to the calendar', { timeout: 180_000 }, () => {
  let chain: CalendarChain;
  let token: string;
  beforeAll(async () => {
    chain = await startCalendarChain();
  }, 180_000);
  beforeEach(async () => {
    chain.endFaults();
    await chain.empty();
    token = await chain.signIn(priya);
  });
  afterAll(() => chain.close());

  const decide = (id: string, decision?: 'rejection') => chain.decide(id, decision && { decision });
  const eventCount = async () => (await chain.eventsOf(priya)).length;

  test('becomes one event when it is approved, and goes when it is canceled, both without the user', async () => {
    const id = await chain.requestLeave(token, 2);
    expect(await chain.sessionsOf(token)).toMatchObject([
      { purpose: 'calendar', state: 'active', action: null, reason: null, waiting: 1 },
    ]);
    expect(await eventCount()).toBe(0);
    expect((await decide(id)).status).toBe(200);
    await expect.poll(eventCount, patience).toBe(1);
    expect(await chain.eventsOf(priya)).toMatchObject([
      {
        subject: 'Leave',
        isAllDay: true,
        showAs: 'oof',
        bodyPreview: '',
        start: { dateTime: `${mondayOf(2)}T00:00:00.0000000` },
      },
    ]);
    await expect.poll(() => chain.sessionsOf(token), patience).toMatchObject([{ waiting: 0 }]);

    expect((await chain.cancel(token, id)).status).toBe(204);
    await expect.poll(eventCount, patience).toBe(0);
    await expect.poll(() => chain.sessionsOf(token), patience).toEqual([]);
  });

  test('is one event, however often the request is repeated', async () => {
    const key = crypto.randomUUID();
    const id = await chain.requestLeave(token, 2, { key });
    await decide(id);
    await expect.poll(eventCount, patience).toBe(1);
    expect(await chain.requestLeave(token, 2, { key })).toBe(id);
    await chain.jobsDone();
    expect(await eventCount()).toBe(1);
    expect(chain.creations()).toHaveLength(1);
  });

  test('that is rejected leaves nothing behind', async () => {
    await decide(await chain.requestLeave(token, 2), 'rejection');
    await expect.poll(() => chain.sessionsOf(token), patience).toEqual([]);
    expect(await eventCount()).toBe(0);
  });

  test('that cannot be requested begins no session', async () => {
    await chain.requestLeave(token, 2);
    const other = await chain.accessTokenOf(lukasz);
    chain.consent(lukasz);
    const body = { startDate: '2020-01-06', endDate: '2020-01-06', addToCalendar: true };
    expect(await chain.call(other, '/api/leave-requests', { method: 'POST', body })).toMatchObject({
      status: 422,
      body: { code: 'leave_in_past' },
    });
    expect(await chain.sessionsOf(other)).toEqual([]);
  });

  test('needs a consent of its own, without which nothing is requested', async () => {
    await chain.flip('DELETE', `/consents/${chain.environments.middleTierApi.CLIENT_ID}/Calendars.ReadWrite`);
    const body = { startDate: mondayOf(2), endDate: mondayOf(2) };
    const send = (more: object) =>
      chain.call(token, '/api/leave-requests', { method: 'POST', body: { ...body, ...more } });
    expect(await send({ addToCalendar: true })).toMatchObject({
      status: 403,
      body: {
        code: 'calendar_consent_required',
        consentUrl: `${chain.middleTierUrl}/consent/calendar`,
      },
    });
    expect(await chain.sessionsOf(token)).toEqual([]);
    expect((await send({ addToCalendar: false })).status).toBe(201);
    expect(await chain.sessionsOf(token)).toEqual([]);
  });

  test('needs nothing of the user who decides, and costs them nothing if there is no entry', async () => {
    const { body } = await chain.call(token, '/api/leave-requests', {
      method: 'POST',
      body: { startDate: mondayOf(3), endDate: mondayOf(3) },
    });
    expect((await decide(String(body.id))).status).toBe(200);
    await chain.jobsDone();
    expect(await eventCount()).toBe(0);
  });

  test('is forgotten when the user ends the session', async () => {
    const id = await chain.requestLeave(token, 2);
    const [session] = await chain.sessionsOf(token);
    const path = `${sessions}/${session?.id}`;
    expect((await chain.call(token, path, { method: 'DELETE' })).status).toBe(204);
    expect(await chain.sessionsOf(token)).toEqual([]);
    expect(await chain.call(token, path, { method: 'DELETE' })).toMatchObject({ status: 404 });
    await decide(id);
    await chain.jobsDone();
    expect(await eventCount()).toBe(0);
  });

  test.each([
    ['DELETE', ''],
    ['POST', '/renewal'],
  ])('belongs to a session that is 404 for another user (%s)', async (method, suffix) => {
    await chain.requestLeave(token, 2);
    const [session] = await chain.sessionsOf(token);
    const other = await chain.accessTokenOf(amara);
    expect(await chain.sessionsOf(other)).toEqual([]);
    expect(await chain.call(other, `${sessions}/${session?.id}${suffix}`, { method })).toMatchObject({
      status: 404,
      body: { code: 'long_running_session_not_found' },
    });
    expect(await chain.sessionsOf(token)).toMatchObject([{ id: session?.id, state: 'active' }]);
  });

  test('that the user deleted in Outlook is forgotten when it is canceled', async () => {
    const id = await chain.requestLeave(token, 2);
    await decide(id);
    await expect.poll(eventCount, patience).toBe(1);
    await chain.jobsDone();
    await chain.flip('DELETE', `/users/${priya}/events`);
    await chain.cancel(token, id);
    await expect.poll(() => chain.sessionsOf(token), patience).toEqual([]);
  });
});
