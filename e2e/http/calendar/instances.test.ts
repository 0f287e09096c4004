import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { type CalendarChain, priya, startCalendarChain } from './calendar-chain.ts';

// A call that fails, as on a busy machine, is repeated after 30 seconds.
const patience = { timeout: 120_000, interval: 200 };

describe.skipIf(!postgresqlAnswers)('instances of the middle tier', { timeout: 300_000 }, () => {
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

  test('two on one queue make one event of each leave', async () => {
    const instances = await Promise.all([chain.startInstance(), chain.startInstance()]);
    const urls = instances.map(({ url }) => url);
    const token = await signIn();
    const weeks = Array.from({ length: 6 }, (_, week) => week + 2);
    const ids = await Promise.all(
      weeks.map((week) => chain.requestLeave(token, week, { url: urls[week % 2] ?? '' })),
    );
    await Promise.all(ids.map((id, index) => approve(id, urls[index % 2] ?? '')));
    await expect.poll(eventCount, patience).toBe(weeks.length);
    await chain.jobsDone();
    expect(chain.creations()).toHaveLength(weeks.length);
    expect(instances.every(({ logs }) => logs.some((line) => line.includes('/approval')))).toBe(true);
  });

  test('one that never reached its database stops like any other', async () => {
    const instance = await chain.startInstance({ DATABASE_URL: 'postgres://localhost:1/nothing' });
    const readiness = await fetch(`${instance.url}/readyz`);
    expect(await readiness.json()).toMatchObject({ status: 'ready', dependencies: { database: 'failing' } });
    instance.signal('SIGTERM');
    expect(await instance.ended).toEqual({ code: 0, signal: null });
  });

  test('that get a new key read the sessions of the old one, and then need only the new one', async () => {
    const old = chain.environments.middleTierApi.TOKEN_CACHE_KEYS ?? '';
    const fresh = `new:${Buffer.alloc(32, 7).toString('base64')}`;
    const sealedWith = async () =>
      (await chain.rows("select split_part(sealed, ':', 1) as key from long_running_session")).at(0);
    const first = await chain.startInstance();
    const token = await signIn();
    const [one, two] = [
      await chain.requestLeave(token, 2, { url: first.url }),
      await chain.requestLeave(token, 3, { url: first.url }),
    ];
    await chain.jobsDone();
    expect(await sealedWith()).toEqual({ key: 'test' });
    first.signal('SIGTERM');
    await first.ended;

    const rotating = await chain.startInstance({ TOKEN_CACHE_KEYS: `${fresh},${old}` });
    await approve(one, rotating.url);
    await expect.poll(eventCount, patience).toBe(1);
    await chain.jobsDone();
    expect(await sealedWith()).toEqual({ key: 'new' });
    rotating.signal('SIGTERM');
    expect((await rotating.ended).code).toBe(0);

    const last = await chain.startInstance({ TOKEN_CACHE_KEYS: fresh });
    await approve(two, last.url);
    await expect.poll(eventCount, patience).toBe(2);
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
