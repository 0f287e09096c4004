import { ConfigurationError } from '@obo/service-defaults/configuration';
import { describeError, measureHop } from '@obo/service-defaults/observability';
import { Problem } from '@obo/service-defaults/problems';
import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { DeadlinePassed, databaseProblems, isUnavailable, refusalOf } from './availability.ts';
import { openPglite } from './pglite.ts';
import { openPostgresql } from './postgresql.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** A PostgreSQL server, or a directory for PostgreSQL inside this process; null keeps that in memory. */
export type DatabaseLocation = { url: string } | { directory: string | null };

export interface Database {
  /**
   * Works with the tables, for five seconds at most. Work that wrote and ran out of time may still be committed.
   *
   * @throws {Problem} `database_unavailable` (503) when the database cannot do it now.
   */
  use<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Whether the database answers; for the readiness check. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

const deadline = 5_000;

/**
 * Opens the database and brings its tables to the newest state. If it does not answer now, the first use for which it
 * answers does that, so that a service may start before its database.
 *
 * @throws {ConfigurationError} when it never will answer: user, password, database or directory are wrong.
 */
export async function openDatabase(location: DatabaseLocation, logger: Logger): Promise<Database> {
  const store =
    'url' in location ? openPostgresql(location.url, logger) : await openPglite(location.directory);
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

  await firstMigration(store, migrated, logger);
  return {
    use: (work) => measureHop('database', () => use(work), { kind: 'client' }),
    async ready() {
      await use((tables) => sql`select 1`.execute(tables));
      return true;
    },
    close: () => store.close(),
  };
}

async function firstMigration(store: Store, migrated: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await withinDeadline(migrated());
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined && isUnavailable(error)) {
      logger.warn({ error: describeError(error) }, 'starting without the database, which does not answer');
      return;
    }
    await store.close();
    throw refusal === undefined
      ? error
      : new ConfigurationError(
          `DATABASE_URL: the server refuses its user, password or database (SQLSTATE ${refusal}).`,
        );
  }
}

/** Runs an action until it has succeeded, never twice at a time, and never again after that. */
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
