import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '@obo/service-defaults/configuration';
import { createTestLogger, startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { expectMade, expectProblem, requestsOf } from '../support/answers.ts';
import { leaveOn, type RunningApi, startApi } from '../support/api.ts';
import { createPostgresql, onServer, postgresqlAnswers } from '../support/databases.ts';

type Database = Awaited<ReturnType<typeof createPostgresql>>;

describe.skipIf(!postgresqlAnswers)('a database', { timeout: 30_000 }, () => {
  let database: Database;
  let proxy: TcpFaultProxy;
  let api: RunningApi | undefined;

  beforeEach(async () => {
    database = await createPostgresql();
    proxy = await startTcpFaultProxy(database.url, 5432);
  });

  afterEach(async () => {
    await api?.close();
    api = undefined;
    await proxy.close();
    await database.drop();
  });

  async function start(): Promise<RunningApi> {
    api = await startApi({ url: proxy.url });
    return api;
  }

  const readiness = async ({ url }: RunningApi) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json() };
  };

  async function expectUnavailable(response: Response): Promise<void> {
    const body = await expectProblem(response, 503, 'database_unavailable');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toMatch(/postgres|pg_|connect|127\.0\.0\.1|timeout/i);
  }

  test('that is down when the API starts is waited for, and gets its tables when it answers', async () => {
    proxy.refuse();
    const running = await start();
    const ada = running.person();
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
    expect(await readiness(running)).toMatchObject({
      status: 503,
      body: { checks: { database: 'failing' } },
    });
    await expectUnavailable(await ada.get('/api/leave-balance'));
    proxy.recover();
    await expectMade(await ada.post(leaveOn('2026-06-01')));
    expect(await readiness(running)).toMatchObject({ status: 200 });
  });

  test('that goes down and comes back makes answers 503, and the next request is whole', async () => {
    const running = await start();
    const ada = running.person();
    const key = randomUUID();
    const made = await expectMade(await ada.post(leaveOn('2026-06-01')));
    proxy.refuse();
    await expectUnavailable(await ada.get('/api/leave-requests'));
    await expectUnavailable(await ada.post(leaveOn('2026-06-02'), key));
    await expectUnavailable(await ada.cancel(made.id));
    expect(await readiness(running)).toMatchObject({ status: 503 });
    proxy.recover();
    expect(await requestsOf(ada)).toEqual([made]);
    await expectMade(await ada.post(leaveOn('2026-06-02'), key));
  });

  test('that falls silent makes answers 503, and its connections are not used again', async () => {
    const running = await start();
    const people = Array.from({ length: 12 }, () => running.person());
    await Promise.all(people.map((person) => requestsOf(person)));
    proxy.fallSilent();
    const answers = await Promise.all(
      people.map((person, index) =>
        index % 2 ? person.get('/api/leave-requests') : person.post(leaveOn('2026-06-01')),
      ),
    );
    for (const answer of answers) await expectUnavailable(answer);
    proxy.recover();
    for (const person of people) await expectMade(await person.post(leaveOn('2026-06-01')));
  });

  test('that ends idle connections, as a restart does, is asked over new ones', async () => {
    const running = await start();
    const ada = running.person();
    await requestsOf(ada);
    await onServer((client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        database.name,
      ]),
    );
    const answer = await ada.get('/api/leave-requests');
    if (answer.status !== 200) await expectUnavailable(answer);
    expect(await requestsOf(ada)).toEqual([]);
  });

  test('that is held up by somebody else makes answers 503, and nothing of them is booked later', async () => {
    const running = await start();
    const ada = running.person();
    const key = randomUUID();
    await onServer(async (client) => {
      await client.query('begin');
      await client.query('lock table leave_request in access exclusive mode');
      await expectUnavailable(await ada.post(leaveOn('2026-06-01'), key));
      await expectUnavailable(await ada.get('/api/leave-requests'));
      await client.query('rollback');
    }, database.name);
    expect(await requestsOf(ada)).toEqual([]);
    await expectMade(await ada.post(leaveOn('2026-06-01'), key));
  });

  test('that ends a connection in the middle of a transaction makes that answer 503 and no other', async () => {
    const running = await start();
    const [ada, grace] = [running.person(), running.person()];
    await expectMade(await ada.post(leaveOn('2026-06-01')));
    await onServer(async (client) => {
      await client.query('begin');
      await client.query('lock table leave_request in access exclusive mode');
      const answer = ada.post(leaveOn('2026-06-02'));
      const waiting = "select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'";
      let pids: { pid: number }[] = [];
      while (pids.length === 0) pids = (await client.query(waiting, [database.name])).rows;
      await client.query('select pg_terminate_backend($1)', [pids[0]?.pid]);
      await expectUnavailable(await answer);
      await client.query('rollback');
    }, database.name);
    await expectMade(await grace.post(leaveOn('2026-06-02')));
    await expectMade(await ada.post(leaveOn('2026-06-02')));
  });

  test('that does not exist ends the start with a message that names the variable', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const opening = openDatabase({ url: url.href }, createTestLogger('downstream-api'));
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^DATABASE_URL: .*3D000/);
  });
});
