import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolConfig, TypeOverrides, types } from 'pg';
import type { Logger } from 'pino';
import { describeError } from '../observability/index.ts';
import { type Migrations, migrateToLatest } from './migrations.ts';
import type { Store } from './store.ts';

const connectDeadline = 2_000;
const statementDeadline = 2_000;
// Longer than the server's own deadline: it is for a server that sends nothing at all.
const answerDeadline = 3_000;
const idleTransactionDeadline = 5_000;

/**
 * Opens a pool of connections to a PostgreSQL server; connects on first use. Every wait has a deadline, and broken
 * connections are removed from the pool.
 *
 * @param url A connection URI (PostgreSQL documentation, section 34.1.1).
 * @param service Names the service in the server's list of connections.
 */
export function openPostgresql<Tables>(
  url: string,
  service: string,
  migrations: Migrations,
  logger: Logger,
): Store<Tables> {
  const connection: PoolConfig = {
    connectionString: url,
    application_name: service,
    connectionTimeoutMillis: connectDeadline,
    keepAlive: true,
  };
  const pool = createPool(
    {
      ...connection,
      types: datesAsText(),
      statement_timeout: statementDeadline,
      query_timeout: answerDeadline,
      idle_in_transaction_session_timeout: idleTransactionDeadline,
    },
    logger,
  );
  const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    tables,
    server: { url },
    async migrate() {
      // A migration may take longer than a request may wait, so its connection has no deadlines for statements.
      const single = createPool({ ...connection, max: 1 }, logger);
      const unbounded = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: single }) });
      try {
        await migrateToLatest(unbounded, migrations);
      } finally {
        await unbounded.destroy();
      }
    },
    close: () => tables.destroy(),
  };
}

function createPool(options: PoolConfig, logger: Logger): Pool {
  const pool = new Pool(options);
  // Without these two listeners, a connection that breaks while idle or in use would end the process.
  pool.on('error', (error) => logger.warn({ error: describeError(error) }, 'database connection lost'));
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  pool.on('release', (_error, client) => {
    // Its last query is still running, and the next one would have to wait for it.
    if (Reflect.get(client, 'readyForQuery') === false) void client.end();
  });
  return pool;
}

/** Keeps calendar dates as text; a Date would place them in a time zone. */
function datesAsText(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.DATE, (text: string) => text);
  return overrides;
}
