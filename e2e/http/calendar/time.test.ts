import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Fault, SeenRequest } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import { type CalendarChain, mondayOf, priya, quick, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 60_000, interval: 100 };
const days = 86_400;
const sessionDays = 90;

const isRenewal = ({ body }: SeenRequest) => body.includes('grant_type=refresh_token');
const isCreation = ({ method, path }: SeenRequest) => method === 'POST' && path.endsWith('/me/events');

describe.skipIf(!postgresqlAnswers)('in the course of time', { timeout: 180_000 }, () => {
  /** The time of the middle tier's sessions and jobs, in milliseconds. It passes only when a test says so. */
  let clock = Date.now();
  let chain: CalendarChain;
  let token: string;
  beforeAll(async () => {
    const calendar = {
      ...{ shortest: 30, longest: 3_600, patience: days, safety: 60, pollEvery: 0.5 },
      now: () => new Date(clock),
    };
    const variables = { LONG_RUNNING_SESSION_DAYS: String(sessionDays) };
    chain = await startCalendarChain({ variables, times: { ...quick, calendar } });
  }, 180_000);
  beforeEach(async () => {
    clock = Date.now();
    chain.endFaults();
    await chain.empty();
    token = await chain.signIn(priya);
  });
  afterAll(() => chain.close());

  const pass = (seconds: number) => {
    clock += seconds * 1_000;
  };
  const approve = (id: string) => chain.decide(id);
  const renew = () => chain.renew(token);
  const eventCount = async () => (await chain.eventsOf(priya)).length;
  const sealed = () => chain.rows('select sealed from long_running_session');

  /** Waits for the pause after a failed attempt. @returns its seconds. */
  async function pauseAfterAttempt(count: number): Promise<number> {
    await expect.poll(() => chain.failures().length, patience).toBe(count);
    return z.object({ retryIn: z.number() }).parse(JSON.parse(chain.failures().at(-1) ?? '')).retryIn;
  }

  /** Runs what runs once a day. */
  async function sweep(): Promise<void> {
    const [job] = z
      .array(z.object({ id: z.guid() }))
      .parse(await chain.rows("insert into pgboss.job (name) values ('calendar-sweep') returning id"));
    await expect
      .poll(() => chain.rows(`select state from pgboss.job where id = '${job?.id}'`), patience)
      .toEqual([{ state: 'completed' }]);
  }

  describe('a session', () => {
    test.each([
      ['is stopped by the daily sweep', sweep, approve],
      ['is not used by a job', approve, sweep],
    ])('whose time is over %s, keeps no token, and waits for the user', async (_title, use, then) => {
      const id = await chain.requestLeave(token, 20);
      await chain.jobsDone();
      const endsAt = new Date(clock + sessionDays * days * 1_000).toISOString();
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', endsAt }]);
      pass(sessionDays * days - 1);
      await sweep();
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', endsAt }]);

      pass(2);
      await use(id);
      await expect
        .poll(() => chain.sessionsOf(token), patience)
        .toMatchObject([
          { state: 'action_required', action: 'sign_in', reason: 'invalid_token', waiting: 1 },
        ]);
      expect(await sealed()).toEqual([{ sealed: null }]);
      await chain.jobsDone();
      expect(chain.creations()).toEqual([]);

      await then(id);
      expect(await renew()).toMatchObject({
        status: 200,
        body: { state: 'active', endsAt: new Date(clock + sessionDays * days * 1_000).toISOString() },
      });
      await expect.poll(eventCount, patience).toBe(1);
    });

    test.each([
      ['was added to the calendar', approve],
      ['was never approved', async () => {}],
    ])('is removed on the day after its leave, which %s', async (_title, decide) => {
      await decide(await chain.requestLeave(token, 2));
      await chain.jobsDone();
      clock = Date.parse(`${mondayOf(2)}T23:59:59Z`);
      await sweep();
      expect(await chain.sessionsOf(token)).toHaveLength(1);
      pass(1);
      await sweep();
      expect(await chain.sessionsOf(token)).toEqual([]);
      expect(await chain.rows('select from long_running_session')).toEqual([]);
      expect(await chain.rows('select from calendar_entry')).toEqual([]);
    });

    test('whose request was never finished is removed by the daily sweep', async () => {
      await chain.requestLeave(token, 2);
      await chain.jobsDone();
      // As if the process had ended in the request, after the session and before the entry.
      await chain.rows('delete from calendar_entry');
      await sweep();
      expect(await chain.sessionsOf(token)).toEqual([]);
    });

    test('that is removed during the request for which it was begun is begun again', async () => {
      const { promise: removed, resolve: remove } = Promise.withResolvers<void>();
      const isRequest = ({ method }: SeenRequest) => method === 'POST';
      chain.proxies.downstream.fail(faults.until(removed), isRequest);
      const requested = chain.requestLeave(token, 2);
      await expect.poll(() => chain.proxies.downstream.requests.some(isRequest), patience).toBe(true);
      // As the sweep or the job for other leave does.
      expect(await chain.rows('delete from long_running_session returning 1')).toHaveLength(1);
      remove();
      await approve(await requested);
      await expect.poll(eventCount, patience).toBe(1);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 0 }]);
    });
  });

  describe('without the token endpoint', () => {
    test('the event waits for an hour, with ever longer pauses, and is then made once', async () => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      chain.proxies.identity_provider.fail(faults.reset, isRenewal);
      expect((await approve(id)).status).toBe(200);
      const pauses: number[] = [];
      for (let waited = 0; waited < 3_600; waited += pauses.at(-1) ?? 0) {
        if (waited > 0) await chain.retryNow();
        pauses.push(await pauseAfterAttempt(pauses.length + 1));
        pass(pauses.at(-1) ?? 0);
      }
      expect(pauses).toEqual([30, 30, 60, 120, 240, 480, 960, 1_920]);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 1 }]);

      chain.proxies.identity_provider.pass();
      await chain.retryNow();
      await expect.poll(eventCount, patience).toBe(1);
      await chain.jobsDone();
      expect(chain.creations()).toHaveLength(1);
    });

    test('a day is waited at most, once an hour in the end. Then the user decides', async () => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      chain.proxies.identity_provider.fail(faults.reset, isRenewal);
      await approve(id);
      expect(await pauseAfterAttempt(1)).toBe(30);
      pass(days);
      await chain.retryNow();
      expect(await pauseAfterAttempt(2)).toBe(3_600);
      pass(1);
      await chain.retryNow();
      await expect
        .poll(() => chain.sessionsOf(token), patience)
        .toMatchObject([
          { state: 'action_required', action: 'retry', reason: 'identity_provider_unavailable', waiting: 1 },
        ]);
      expect(await sealed()).toEqual([{ sealed: null }]);
      await chain.jobsDone();

      chain.proxies.identity_provider.pass();
      expect((await renew()).status).toBe(200);
      await expect.poll(eventCount, patience).toBe(1);
    });
  });

  describe('a token that has expired', () => {
    /** Lets the tenant answer as if its clock were so many seconds ahead. */
    const at = (ahead: number): Fault => ({
      async request({ ask, response }) {
        await chain.flip('PUT', '/clock', { ahead });
        const { status, headers, body } = await ask();
        await chain.flip('PUT', '/clock', { ahead: 0 });
        response.writeHead(status, headers).end(body);
      },
    });
    const hour = 3_600;

    const readsLeave = ({ method, path }: SeenRequest) => method === 'GET' && path === '/api/leave-requests';
    const rows: [string, 'downstream' | 'graph', typeof isCreation, () => void][] = [
      [
        'the downstream API',
        'downstream',
        readsLeave,
        // Issued two hours ago.
        () => chain.proxies.identity_provider.fail(faults.times(1, at(-2 * hour)), isRenewal),
      ],
      [
        'Graph',
        'graph',
        isCreation,
        // Received in an hour.
        () => chain.proxies.graph.fail(faults.times(1, at(hour)), isCreation),
      ],
    ];
    test.each(rows)(
      'on the way to %s is renewed, and makes one event',
      async (_title, name, isCall, expire) => {
        const id = await chain.requestLeave(token, 2);
        await chain.jobsDone();
        chain.proxies[name].forget();
        expire();
        await approve(id);
        await pauseAfterAttempt(1);
        expect(chain.failures().at(-1)).toContain('401');
        await chain.retryNow();
        await expect.poll(eventCount, patience).toBe(1);
        await chain.jobsDone();
        const tokens = chain.proxies[name].requests.filter(isCall).map(({ authorization }) => authorization);
        expect(tokens).toHaveLength(2);
        expect(new Set(tokens).size).toBe(2);
        expect(chain.failures()).toHaveLength(1);
      },
    );

    test('in the database lets the user sign in again, and then makes one event', async () => {
      await chain.flip('PATCH', '/lifetimes', { refreshToken: hour });
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      chain.proxies.identity_provider.fail(faults.times(1, at(hour)), isRenewal);
      await approve(id);
      await expect.poll(() => chain.failures().at(-1), patience).toContain('AADSTS700082');
      await expect
        .poll(() => chain.sessionsOf(token), patience)
        .toMatchObject([
          { state: 'action_required', action: 'sign_in', reason: 'invalid_token', waiting: 1 },
        ]);
      expect(await sealed()).toEqual([{ sealed: null }]);
      await chain.jobsDone();

      expect((await renew()).status).toBe(200);
      await expect.poll(eventCount, patience).toBe(1);
      await chain.jobsDone();
      expect(chain.creations()).toHaveLength(1);
    });
  });
});
