import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { type CalendarChain, priya, quick, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 30_000, interval: 100 };

describe.skipIf(!postgresqlAnswers)('jobs that are due', { timeout: 180_000 }, () => {
  let chain: CalendarChain;
  beforeAll(async () => {
    // No look for delayed jobs falls into the test: the database announces a job, and the others are done after it.
    const calendar = { shortest: 600, longest: 600, patience: 86_400, safety: 60, pollEvery: 600 };
    chain = await startCalendarChain({ times: { ...quick, calendar } });
  }, 180_000);
  afterAll(() => chain.close());

  test('are done one after the other, without a pause between them', async () => {
    const token = await chain.signIn(priya);
    const weeks = [2, 3, 4, 5, 6, 7, 8, 9];
    const ids = await Promise.all(weeks.map((week) => chain.requestLeave(token, week)));
    chain.proxies.graph.fail(faults.serverError, ({ path }) => path.endsWith('/me/events'));
    for (const [index, id] of ids.entries()) {
      await chain.decide(id);
      await expect.poll(() => chain.failures().length, patience).toBe(index + 1);
    }
    chain.proxies.graph.pass();
    await chain.rows(
      "update pgboss.job set start_after = now() where name = 'calendar' and state = 'created'",
    );
    expect(await chain.eventsOf(priya)).toEqual([]);

    await chain.requestLeave(token, 20);
    await expect.poll(async () => (await chain.eventsOf(priya)).length, patience).toBe(weeks.length);
  });
});
