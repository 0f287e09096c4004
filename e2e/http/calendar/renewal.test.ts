import { microsoftGraphAppId } from '@obo/local-tenant';
import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CalendarChain, mateo, priya, startCalendarChain } from './calendar-chain.ts';

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

  const decide = (id: string) => chain.decide(id);
  const eventCount = async () => (await chain.eventsOf(priya)).length;

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
    expect(chain.creations()).toHaveLength(1);

    const [session] = await chain.sessionsOf(guest);
    expect((await chain.call(guest, `${sessions}/${session?.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await chain.rows('select from calendar_entry')).toEqual([]);
  });
});
