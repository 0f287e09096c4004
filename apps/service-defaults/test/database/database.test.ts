import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseLocation } from '@obo/service-defaults/configuration';
import { createTestLogger, startTcpFaultProxy } from '@obo/service-defaults/testing';
import { createPostgresql, databases, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { type Generated, type Kysely, sql } from 'kysely';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';

interface Tables {
  holiday: { id: Generated<number>; day: string };
}

const createTable = async (tables: Kysely<unknown>): Promise<void> => {
  await sql`create table holiday (id serial primary key, day date not null)`.execute(tables);
};

/** Opens a database, and closes it after the test. */
async function open(
  location: DatabaseLocation,
  { up = createTable, logs = [] }: { up?: typeof createTable; logs?: string[] } = {},
): Promise<Database<Tables>> {
  const migrations = { table: 'holiday_migration', byName: { '001': { up } } };
  const logger = createTestLogger('database', logs);
  const database = await openDatabase<Tables>({ service: 'holidays', location, migrations, logger });
  onTestFinished(() => database.close());
  return database;
}

const insert = (database: Database<Tables>, day: string) =>
  database.use((tables) => tables.insertInto('holiday').values({ day }).execute());
const days = (database: Database<Tables>) =>
  database.use((tables) => tables.selectFrom('holiday').select('day').execute());

describe.each(databases)('a database of the kind $kind', ({ create, available }) => {
  async function openNew(): Promise<Database<Tables>> {
    const { location, drop } = await create();
    onTestFinished(drop);
    return open(location);
  }
  afterEach(() => {
    vi.useRealTimers();
  });

  test.skipIf(!available)('returns dates as they were stored, and is empty when it is new', async () => {
    for (let time = 1; time <= 2; time++) {
      const database = await openNew();
      expect(await days(database)).toEqual([]);
      await insert(database, '2027-03-28');
      expect(await days(database)).toEqual([{ day: '2027-03-28' }]);
    }
  });

  test.skipIf(!available)('is what libraries with tables of their own can use too', async () => {
    const database = await openNew();
    await insert(database, '2027-03-28');
    const { server } = database;
    if ('pglite' in server) {
      expect((await server.pglite.query('select * from holiday')).rows).toHaveLength(1);
    } else {
      const another = await open({ url: server.url }, { up: async () => {} });
      expect(await days(another)).toHaveLength(1);
    }
  });

  test.skipIf(!available)('stops waiting after five seconds, and keeps no timer', async () => {
    const database = await openNew();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = expect(database.use(() => new Promise(() => {}))).rejects.toMatchObject({
      code: 'database_unavailable',
      headers: { 'Retry-After': '2' },
    });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(5_000);
    await waiting;
    await database.use(async () => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  test.skipIf(!available)('is not opened if a migration fails, and says why', async () => {
    const { location, drop } = await create();
    onTestFinished(drop);
    const up = async (tables: Kysely<unknown>) => void (await sql`drop table nothing`.execute(tables));
    await expect(open(location, { up })).rejects.toThrow('table "nothing" does not exist');
  });

  test.skipIf(!available)('cannot be used once it is closed', async () => {
    const database = await openNew();
    await insert(database, '2027-03-28');
    await database.close();
    await expect(days(database)).rejects.toThrow();
  });
});

describe('PGlite with a directory', () => {
  test('keeps its data, and the directory to itself while it is open', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pglite-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const lock = join(directory, 'process.lock');
    const first = await open({ directory });
    expect(existsSync(lock)).toBe(true);
    expect(existsSync(join(directory, 'pglite', 'PG_VERSION'))).toBe(true);
    await insert(first, '2027-03-28');
    await first.close();
    expect(existsSync(lock)).toBe(false);
    expect(await days(await open({ directory }))).toEqual([{ day: '2027-03-28' }]);
  });
});

describe.skipIf(!postgresqlAnswers)('PostgreSQL behind a network', () => {
  async function startProxy() {
    const { url, drop } = await createPostgresql();
    const proxy = await startTcpFaultProxy(url, 5432);
    onTestFinished(async () => {
      await proxy.close();
      await drop();
    });
    return proxy;
  }

  test('is not connected to any more after the migrations, until it is used', async () => {
    const proxy = await startProxy();
    const database = await open({ url: proxy.url });
    await expect.poll(proxy.connections).toBe(0);
    await insert(database, '2027-03-28');
    expect(proxy.connections()).toBe(1);
  });

  test('is reported as lost when it closes a connection, and reached over a new one', async () => {
    const proxy = await startProxy();
    const logs: string[] = [];
    const database = await open({ url: proxy.url }, { logs });
    await insert(database, '2027-03-28');
    proxy.reset();
    await expect.poll(() => logs.join('')).toContain('database connection lost');
    expect(await days(database)).toHaveLength(1);
  });

  test('may come later than the service, which says so', async () => {
    const proxy = await startProxy();
    proxy.refuse();
    const logs: string[] = [];
    const database = await open({ url: proxy.url }, { logs });
    expect(logs.join('')).toContain('database unreachable at startup, continuing');
    await expect(database.ready()).rejects.toMatchObject({ code: 'database_unavailable' });
    proxy.recover();
    expect(await database.ready()).toBe(true);
    expect(await days(database)).toEqual([]);
  });
});
