import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '@obo/service-defaults/configuration';
import { createTestLogger, startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
import { createPostgresql, onServer, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { leaveOn, type RunningApi, startApi } from '../support/api.ts';
import { expectCreated, expectProblem, requestsOf } from '../support/responses.ts';

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

  test('that is down when the API starts gets its tables once it is up', async () => {
    proxy.refuse();
    const running = await start();
    const ada = running.user();
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
    expect(await readiness(running)).toMatchObject({
      status: 503,
      body: { checks: { database: 'failing' } },
    });
    await expectUnavailable(await ada.get('/api/leave-balance'));
    proxy.recover();
    await expectCreated(await ada.post(leaveOn('2026-06-01')));
    expect(await readiness(running)).toMatchObject({ status: 200 });
  });

  test('that goes down causes 503, and requests succeed once it is back', async () => {
    const running = await start();
    const ada = running.user();
    const key = randomUUID();
    const created = await expectCreated(await ada.post(leaveOn('2026-06-01')));
    proxy.refuse();
    await expectUnavailable(await ada.get('/api/leave-requests'));
    await expectUnavailable(await ada.post(leaveOn('2026-06-02'), key));
    await expectUnavailable(await ada.cancel(created.id));
    expect(await readiness(running)).toMatchObject({ status: 503 });
    proxy.recover();
    expect(await requestsOf(ada)).toEqual([created]);
    await expectCreated(await ada.post(leaveOn('2026-06-02'), key));
  });

  test('that stops responding causes 503, and its connections are not used again', async () => {
    const running = await start();
    const users = Array.from({ length: 12 }, () => running.user());
    await Promise.all(users.map((user) => requestsOf(user)));
    proxy.fallSilent();
    const answers = await Promise.all(
      users.map((user, index) =>
        index % 2 ? user.get('/api/leave-requests') : user.post(leaveOn('2026-06-01')),
      ),
    );
    for (const answer of answers) await expectUnavailable(answer);
    proxy.recover();
    for (const user of users) await expectCreated(await user.post(leaveOn('2026-06-01')));
  });

  test('that closes idle connections, as a restart does, is reached over new ones', async () => {
    const running = await start();
    const ada = running.user();
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

  test('with a lock held by another client causes 503, and those requests are not booked later', async () => {
    const running = await start();
    const ada = running.user();
    const key = randomUUID();
    await onServer(async (client) => {
      await client.query('begin');
      await client.query('lock table leave_request in access exclusive mode');
      await expectUnavailable(await ada.post(leaveOn('2026-06-01'), key));
      await expectUnavailable(await ada.get('/api/leave-requests'));
      await client.query('rollback');
    }, database.name);
    expect(await requestsOf(ada)).toEqual([]);
    await expectCreated(await ada.post(leaveOn('2026-06-01'), key));
  });

  test('that closes a connection during a transaction causes 503 for that request only', async () => {
    const running = await start();
    const [ada, grace] = [running.user(), running.user()];
    await expectCreated(await ada.post(leaveOn('2026-06-01')));
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
    await expectCreated(await grace.post(leaveOn('2026-06-02')));
    await expectCreated(await ada.post(leaveOn('2026-06-02')));
  });

  test('that does not exist stops the API with a message that names the variable', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const opening = openDatabase({ url: url.href }, createTestLogger('downstream-api'));
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^DATABASE_URL: .*3D000/);
  });
});
