import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { type CalendarChain, priya, startCalendarChain } from './calendar-chain.ts';

// A call that fails, as on a busy machine, is repeated after 30 seconds.
const patience = { timeout: 120_000, interval: 200 };

describe.skipIf(!postgresqlAnswers)('processes of the middle tier', { timeout: 300_000 }, () => {
  let chain: CalendarChain;
  beforeAll(async () => {
    chain = await startCalendarChain({ instances: 'processes' });
  }, 180_000);
  afterAll(() => chain.close());

  async function signIn() {
    await chain.reset();
    chain.endFaults();
    return chain.signIn(priya);
  }
  const approve = (id: string, url: string) => chain.decide(id, { url });
  const eventCount = async () => (await chain.eventsOf(priya)).length;

  test.each([
    ['before Graph has created the event', faults.hang],
    ['before it has stored the event that Graph created', faults.swallowAnswer],
  ])('one that is killed %s loses nothing: the next one makes it one event', async (_title, fault) => {
    const first = await chain.startInstance();
    const token = await signIn();
    const id = await chain.requestLeave(token, 2, { url: first.url });
    await chain.jobsDone();
    chain.proxies.graph.fail(fault, ({ path }) => path.endsWith('/me/events'));
    expect((await approve(id, first.url)).status).toBe(200);
    await expect.poll(() => chain.creations().length, patience).toBe(1);
    first.signal('SIGKILL');
    await first.ended;

    chain.endFaults();
    // As if the time had passed after which a job of a process that ended is done again.
    const aged =
      "update pgboss.job set started_on = now() - interval '2 minutes' where state = 'active' returning name";
    expect(await chain.rows(aged)).toEqual([{ name: 'calendar' }]);
    const second = await chain.startInstance();
    const due = "update pgboss.job set start_after = now() where state = 'retry' returning name";
    await expect.poll(() => chain.rows(due), patience).toEqual([{ name: 'calendar' }]);
    await expect.poll(eventCount, patience).toBe(1);
    await expect.poll(() => chain.sessionsOf(token, second.url), patience).toMatchObject([{ waiting: 0 }]);
    expect((await chain.cancel(token, id, { url: second.url })).status).toBe(204);
    await expect.poll(eventCount, patience).toBe(0);
    await chain.jobsDone();
  });

  test('one that is killed right after a decision has sent the job before it', async () => {
    const first = await chain.startInstance();
    const token = await signIn();
    const id = await chain.requestLeave(token, 2, { url: first.url });
    await chain.jobsDone();
    chain.proxies.downstream.fail(faults.swallowAnswer, ({ path }) => path.endsWith('/approval'));
    const answer = approve(id, first.url).catch(() => undefined);
    await expect
      .poll(() => chain.proxies.downstream.requests.some(({ path }) => path.endsWith('/approval')), patience)
      .toBe(true);
    first.signal('SIGKILL');
    await Promise.all([first.ended, answer]);

    chain.endFaults();
    const due =
      "update pgboss.job set start_after = now() where name = 'calendar' and state = 'created' returning name";
    expect(await chain.rows(due)).toHaveLength(1);
    await chain.startInstance();
    await expect.poll(eventCount, patience).toBe(1);
    await chain.jobsDone();
  });
});
