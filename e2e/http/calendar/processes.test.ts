import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { amara, type CalendarChain, lukasz, priya, startCalendarChain } from './calendar-chain.ts';

// A call that fails, as on a busy machine, is repeated after 30 seconds.
const patience = { timeout: 120_000, interval: 200 };

describe.skipIf(!postgresqlAnswers)('processes of the middle tier', { timeout: 300_000 }, () => {
  let chain: CalendarChain;
  beforeAll(async () => {
    chain = await startCalendarChain({ instances: 'processes' });
  }, 180_000);
  afterAll(() => chain.close());

  test('that are killed before Graph has created the event, or before they have stored it, lose nothing: the next one makes it one event', async () => {
    const first = await chain.startInstance();
    const users = [
      { user: priya, manager: amara, fault: faults.hang },
      { user: lukasz, manager: priya, fault: faults.swallowAnswer },
    ];
    const leave = await Promise.all(
      users.map(async (one) => {
        const token = await chain.signIn(one.user);
        return { ...one, token, id: await chain.requestLeave(token, 2, { url: first.url }) };
      }),
    );
    await chain.jobsDone();
    for (const [index, { id, manager, fault }] of leave.entries()) {
      const instance = index === 0 ? first : await chain.startInstance();
      chain.proxies.graph.fail(fault, ({ path }) => path.endsWith('/me/events'));
      expect((await chain.decide(id, { manager, url: instance.url })).status).toBe(200);
      await expect.poll(() => chain.creations().length, patience).toBe(index + 1);
      instance.signal('SIGKILL');
      await instance.ended;
    }

    chain.endFaults();
    // As if the time had passed after which a job of a process that ended is done again.
    const aged = "update pgboss.job set started_on = now() - interval '2 minutes' where state = 'active'";
    await chain.rows(aged);
    await chain.rows('update pgboss.queue set monitor_claim_on = null, monitor_on = null');
    const next = await chain.startInstance();
    const waiting = "select name from pgboss.job where state = 'retry'";
    await expect
      .poll(() => chain.rows(waiting), patience)
      .toEqual([{ name: 'calendar' }, { name: 'calendar' }]);
    await chain.rows("update pgboss.job set start_after = now() where state = 'retry'");
    // Its job is announced, so that those that are due need not wait for the next look.
    await chain.requestLeave(await chain.signIn(amara), 2, { url: next.url });
    for (const { user, token, id } of leave) {
      await expect.poll(async () => (await chain.eventsOf(user)).length, patience).toBe(1);
      await expect.poll(() => chain.sessionsOf(token, next.url), patience).toMatchObject([{ waiting: 0 }]);
      expect((await chain.cancel(token, id, { url: next.url })).status).toBe(204);
      await expect.poll(async () => (await chain.eventsOf(user)).length, patience).toBe(0);
    }
    await chain.jobsDone();
  });
});
