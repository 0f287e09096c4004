import { microsoftGraphAppId } from '@obo/local-tenant';
import { onServer, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import {
  amara,
  type CalendarChain,
  lukasz,
  mateo,
  mondayOf,
  priya,
  startCalendarChain,
} from './calendar-chain.ts';

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
    token = await chain.accessTokenOf(priya);
    chain.consent(priya);
  });
  afterAll(() => chain.close());

  const decide = (id: string, decision?: 'rejection') => chain.decide(id, decision && { decision });
  const cancel = (id: string) => chain.call(token, `/api/leave-requests/${id}`, { method: 'DELETE' });
  const eventCount = async () => (await chain.eventsOf(priya)).length;
  const creations = () =>
    chain.proxies.graph.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/me/events'),
    );

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

    expect((await cancel(id)).status).toBe(204);
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
    expect(creations()).toHaveLength(1);
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

  describe('stops, and continues when the user renews the session,', () => {
    const middleTier = () => chain.environments.middleTierApi.CLIENT_ID ?? '';
    const user = `/users/${priya}`;
    const policy = (control: 'mfa' | 'block') => () =>
      chain.flip('POST', '/conditional-access', { control, resource: microsoftGraphAppId });
    const rows: [string, () => Promise<void>, string, string, () => Promise<void>][] = [
      [
        'after consent was withdrawn',
        () => chain.flip('DELETE', `/consents/${middleTier()}/Calendars.ReadWrite`),
        'consent',
        'consent_required',
        async () => chain.consent(priya),
      ],
      [
        'after the sign-ins were revoked',
        () => chain.flip('POST', `${user}/revocation`),
        'sign_in',
        'invalid_token',
        () => chain.flip('DELETE', `${user}/revocation`),
      ],
      [
        'after the refresh token has expired',
        () => chain.flip('DELETE', '/refresh-tokens'),
        'sign_in',
        'invalid_token',
        async () => {},
      ],
      [
        'after the user was disabled',
        () => chain.flip('PATCH', user, { accountEnabled: false }),
        'sign_in',
        'invalid_token',
        () => chain.flip('PATCH', user, { accountEnabled: true }),
      ],
      [
        'when a policy demands a second factor',
        policy('mfa'),
        'sign_in',
        'insufficient_claims',
        () => chain.flip('DELETE', '/conditional-access'),
      ],
      [
        'when a policy blocks the user',
        policy('block'),
        'retry',
        'access_blocked',
        () => chain.flip('DELETE', '/conditional-access'),
      ],
    ];
    test.each(rows)('%s', async (_title, cause, action, reason, undo) => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      await cause();
      await decide(id);
      await expect
        .poll(() => chain.sessionsOf(token), patience)
        .toMatchObject([{ state: 'action_required', action, reason, waiting: 1 }]);
      await chain.jobsDone();
      expect(await chain.rows('select sealed from long_running_session')).toEqual([{ sealed: null }]);

      await undo();
      const renewed = await chain.accessTokenOf(priya);
      chain.consent(priya);
      const [session] = await chain.sessionsOf(renewed);
      expect(
        await chain.call(renewed, `${sessions}/${session?.id}/renewal`, { method: 'POST' }),
      ).toMatchObject({
        status: 200,
        body: { id: session?.id, state: 'active', action: null, reason: null },
      });
      await expect.poll(eventCount, patience).toBe(1);
    });
  });

  test('is not renewed without consent', async () => {
    await chain.requestLeave(token, 2);
    await chain.flip('DELETE', `/consents/${chain.environments.middleTierApi.CLIENT_ID}/Calendars.ReadWrite`);
    const [session] = await chain.sessionsOf(token);
    expect(await chain.call(token, `${sessions}/${session?.id}/renewal`, { method: 'POST' })).toMatchObject({
      status: 403,
      body: { code: 'calendar_consent_required' },
    });
  });

  test('stops at once for a user without a mailbox, such as a guest, and is not tried again', async () => {
    const guest = await chain.accessTokenOf(mateo);
    chain.consent(mateo);
    const id = await chain.requestLeave(guest, 2);
    const path = `/api/team/leave-requests/${id}/approval`;
    expect((await chain.call(token, path, { method: 'POST', body: {} })).status).toBe(200);
    await expect
      .poll(() => chain.sessionsOf(guest), patience)
      .toMatchObject([{ state: 'action_required', action: 'retry', reason: 'mailbox_missing', waiting: 1 }]);
    await chain.jobsDone();
    expect(chain.failures()).toHaveLength(1);
    expect(creations()).toHaveLength(1);

    const [session] = await chain.sessionsOf(guest);
    expect((await chain.call(guest, `${sessions}/${session?.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await chain.rows('select from calendar_entry')).toEqual([]);
  });

  describe('waits', () => {
    test('as long as Graph asks for', async () => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      chain.proxies.graph.fail(faults.throttle('120'), ({ path }) => path.endsWith('/me/events'));
      await decide(id);
      await expect.poll(() => creations().length, patience).toBe(1);
      const waiting = `select start_after > now() + interval '100 seconds' as waits from pgboss.job
        where name = 'calendar' and state = 'created'`;
      await expect.poll(() => chain.rows(waiting), patience).toEqual([{ waits: true }]);
      expect(creations()).toHaveLength(1);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 1 }]);

      chain.proxies.graph.pass();
      await chain.rows(
        "update pgboss.job set start_after = now() where name = 'calendar' and state = 'created'",
      );
      await expect.poll(eventCount, patience).toBe(1);
    });

    test.each<[string, 'identity_provider' | 'downstream' | 'graph', Fault, string]>([
      ['the identity provider is unreachable', 'identity_provider', faults.reset, 'refresh_token'],
      ['the identity provider fails', 'identity_provider', faults.serverError, 'refresh_token'],
      ['the downstream API is unreachable', 'downstream', faults.reset, 'GET'],
      ['Graph fails', 'graph', faults.serverError, 'events'],
      ['Graph rejects the token', 'graph', faults.unauthorized, 'events'],
      ['Graph answers with a page', 'graph', faults.htmlPage, 'events'],
    ])('while %s, and then continues by itself', async (_title, service, fault, sign) => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      // The approval itself gets through.
      chain.proxies[service].fail(fault, ({ method, path, body }) =>
        `${method} ${path} ${body}`.includes(sign),
      );
      await decide(id);
      await expect.poll(() => chain.failures().length, patience).toBeGreaterThanOrEqual(2);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 1 }]);
      chain.proxies[service].pass();
      await expect.poll(eventCount, patience).toBe(1);
    });
  });

  test('is one event although the answer of Graph was lost', async () => {
    const id = await chain.requestLeave(token, 2);
    chain.proxies.graph.fail(faults.times(1, faults.loseAnswer), ({ path }) => path.endsWith('/me/events'));
    await decide(id);
    await expect.poll(() => creations().length, patience).toBe(2);
    await chain.jobsDone();
    expect(await eventCount()).toBe(1);
    await cancel(id);
    await expect.poll(eventCount, patience).toBe(0);
  });

  test('that the user deleted in Outlook is forgotten when it is canceled', async () => {
    const id = await chain.requestLeave(token, 2);
    await decide(id);
    await expect.poll(eventCount, patience).toBe(1);
    await chain.jobsDone();
    await chain.flip('DELETE', `/users/${priya}/events`);
    await cancel(id);
    await expect.poll(() => chain.sessionsOf(token), patience).toEqual([]);
  });

  test('cannot be decided while the database does not answer, and is not decided then', async () => {
    const id = await chain.requestLeave(token, 2);
    await chain.jobsDone();
    const answer = await onServer(async (client) => {
      await client.query('begin');
      await client.query('lock table calendar_entry in access exclusive mode');
      const decided = await decide(id);
      await client.query('rollback');
      return decided;
    }, chain.databaseName);
    expect(answer).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    expect((await decide(id)).status).toBe(200);
    await expect.poll(eventCount, patience).toBe(1);
  });
});
