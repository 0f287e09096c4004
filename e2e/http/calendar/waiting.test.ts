import { onServer, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault, SeenRequest } from '../../chain/fault-proxy.ts';
import * as faults from '../../chain/faults.ts';
import { type CalendarChain, priya, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 60_000, interval: 100 };

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

  describe('waits', () => {
    test('as long as Graph asks for', async () => {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      chain.proxies.graph.fail(faults.throttle('120'), ({ path }) => path.endsWith('/me/events'));
      await decide(id);
      await expect.poll(() => chain.creations().length, patience).toBe(1);
      const waiting = `select start_after > now() + interval '100 seconds' as waits from pgboss.job
        where name = 'calendar' and state = 'created'`;
      await expect.poll(() => chain.rows(waiting), patience).toEqual([{ waits: true }]);
      expect(chain.creations()).toHaveLength(1);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 1 }]);

      chain.proxies.graph.pass();
      await chain.retryNow();
      await expect.poll(eventCount, patience).toBe(1);
    });

    test.each<[string, 'identity_provider' | 'downstream' | 'graph', Fault, string]>([
      ['the identity provider is unreachable', 'identity_provider', faults.reset, 'refresh_token'],
      ['the identity provider fails', 'identity_provider', faults.serverError, 'refresh_token'],
      ['the downstream API is unreachable', 'downstream', faults.reset, 'GET'],
      ['Graph fails', 'graph', faults.serverError, 'events'],
    ])('while %s, and then continues', async (_title, service, fault, sign) => {
      await failOnce(service, fault, sign);
      chain.proxies[service].pass();
      await chain.retryNow();
      await expect.poll(eventCount, patience).toBe(1);
    });

    test.each<[string, Fault]>([
      ['rejects the token', faults.unauthorized],
      ['answers with a page', faults.htmlPage],
    ])('while Graph %s, and then continues by itself', async (_title, fault) => {
      await failOnce('graph', fault, 'events');
      chain.proxies.graph.pass();
      await expect.poll(eventCount, patience).toBe(1);
    });

    /** Approves leave while the calls that contain a sign fail. */
    async function failOnce(
      service: 'identity_provider' | 'downstream' | 'graph',
      fault: Fault,
      sign: string,
    ) {
      const id = await chain.requestLeave(token, 2);
      await chain.jobsDone();
      // The approval itself gets through.
      chain.proxies[service].fail(fault, ({ method, path, body }) =>
        `${method} ${path} ${body}`.includes(sign),
      );
      await decide(id);
      await expect.poll(() => chain.failures().length, patience).toBeGreaterThanOrEqual(1);
      expect(await chain.sessionsOf(token)).toMatchObject([{ state: 'active', waiting: 1 }]);
    }
  });

  test('is one event although the answer of Graph was lost', async () => {
    const id = await chain.requestLeave(token, 2);
    chain.proxies.graph.fail(faults.times(1, faults.loseAnswer), ({ path }) => path.endsWith('/me/events'));
    await decide(id);
    await chain.retryNow();
    await expect.poll(() => chain.creations().length, patience).toBe(2);
    await chain.jobsDone();
    expect(await eventCount()).toBe(1);
    await chain.cancel(token, id);
    await expect.poll(eventCount, patience).toBe(0);
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

  test('a job that fails for an unknown reason is not tried forever either: then too, the user decides', async () => {
    const id = await chain.requestLeave(token, 2);
    await chain.jobsDone();
    const { promise: broken, resolve: proceed } = Promise.withResolvers<void>();
    const isApproval = ({ path }: SeenRequest) => path.endsWith('/approval');
    chain.proxies.downstream.fail(faults.until(broken), isApproval);
    const approved = decide(id);
    await expect.poll(() => chain.proxies.downstream.requests.some(isApproval), patience).toBe(true);
    await chain.rows('alter table calendar_entry rename to elsewhere');
    try {
      proceed();
      expect((await approved).status).toBe(200);
      const again = "update pgboss.job set start_after = now() where name = 'calendar' and state = 'retry'";
      const failed = "select retry_count from pgboss.job where name = 'calendar' and state = 'failed'";
      await expect
        .poll(async () => {
          await chain.rows(again);
          return chain.rows(failed);
        }, patience)
        .toEqual([{ retry_count: 5 }]);
    } finally {
      await chain.rows('alter table elsewhere rename to calendar_entry');
    }
    await expect
      .poll(() => chain.sessionsOf(token), patience)
      .toMatchObject([{ state: 'action_required', action: 'retry', reason: 'internal_error', waiting: 1 }]);

    expect((await chain.renew(token)).status).toBe(200);
    await expect.poll(eventCount, patience).toBe(1);
  });
});
