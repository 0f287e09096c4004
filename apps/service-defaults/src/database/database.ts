import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { ConfigurationError, type DatabaseLocation } from '../configuration/index.ts';
import { describeError, measureSpan } from '../observability/index.ts';
import { databaseProblems, Problem } from '../problems/index.ts';
import { DeadlinePassed, isUnavailable, rejectionOf } from './availability.ts';
import type { Migrations } from './migrations.ts';
import type { Store } from './store.ts';

export interface DatabaseOptions {
  /** Its name in the server's list of connections. */
  service: string;
  location: DatabaseLocation;
  migrations: Migrations;
  logger: Logger;
}

/** The database of a service, with its tables. */
export interface Database<Tables> {
  /**
   * Runs work on the tables, for five seconds at most. Work that runs out of time may still be committed.
   *
   * @throws {Problem} `database_unavailable` (503) if trying again later may help.
   */
  use<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Readiness check: does the database answer? */
  ready(): Promise<boolean>;
  /** For libraries that bring tables of their own, such as a queue. */
  server: Store<Tables>['server'];
  close(): Promise<void>;
}

const deadline = 5_000;

/**
 * Opens the database and runs the migrations that are missing. The service may start before its database: if it does
 * not answer yet, the first use that reaches it runs the migrations.
 *
 * @throws {ConfigurationError} if waiting cannot help: user, password, database or directory are wrong.
 */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<Database<Tables>> {
  const store = await openStore<Tables>(options);
  const migrated = once(() => store.migrate());

  async function use<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    try {
      return await withinDeadline(migrated().then(() => work(store.tables)));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      throw new Problem(databaseProblems.database_unavailable, {
        detail: 'Try again later. A request with an Idempotency-Key is safe to repeat.',
        headers: { 'Retry-After': '2' },
        cause: error,
      });
    }
  }

  await firstMigration(store, migrated, options.logger);
  return {
    use: (work) => measureSpan('database', () => use(work), 'client'),
    async ready() {
      await use((tables) => sql`select 1`.execute(tables));
      return true;
    },
    server: store.server,
    close: store.close,
  };
}

/** Loads only the library for this location. */
async function openStore<Tables>({ service, location, migrations, logger }: DatabaseOptions) {
  if ('url' in location) {
    const { openPostgresql } = await import('./postgresql.ts');
    return openPostgresql<Tables>(location.url, service, migrations, logger);
  }
  const { openPglite } = await import('./pglite.ts');
  return openPglite<Tables>(location.directory, migrations);
}

async function firstMigration(
  store: Pick<Store<unknown>, 'close'>,
  migrated: () => Promise<void>,
  logger: Logger,
): Promise<void> {
  try {
    await withinDeadline(migrated());
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection === undefined && isUnavailable(error)) {
      logger.warn({ error: describeError(error) }, 'database unreachable at startup, continuing');
      return;
    }
    await store.close();
    throw rejection === undefined
      ? error
      : new ConfigurationError(
          `DATABASE_URL: the server rejects its user, password or database (SQLSTATE ${rejection}).`,
        );
  }
}

/** Wraps an action so that it runs until it has succeeded once, and never twice at a time. */
function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}

/** @throws {DeadlinePassed} after five seconds. */
async function withinDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed()), deadline);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
