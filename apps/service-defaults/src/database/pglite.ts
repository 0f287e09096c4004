import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { lockDirectory } from './directory-lock.ts';
import { type Migrations, migrateToLatest } from './migrations.ts';
import type { Store } from './store.ts';

// Keeps calendar dates as text; a Date would place them in a time zone.
const parsers = { [types.DATE]: (text: string) => text };

/**
 * Opens PostgreSQL inside this process (PGlite), for one instance on one machine. Committed work survives a crash of
 * the process, but not always a power failure, as PGlite does not wait for the disk.
 *
 * @param directory Where it stores its files; null keeps everything in memory.
 * @throws {ConfigurationError} if another process uses the directory, or it cannot be written.
 */
export async function openPglite<Tables>(
  directory: string | null,
  migrations: Migrations,
): Promise<Store<Tables>> {
  const lock = directory === null ? undefined : await lockDirectory(directory);
  const pglite = await createPglite(directory);
  const tables = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    tables,
    server: { pglite },
    migrate: () => migrateToLatest(tables, migrations),
    async close() {
      await tables.destroy();
      if (!pglite.closed) await pglite.close();
      await lock?.release();
    },
  };
}

async function createPglite(directory: string | null): Promise<PGlite> {
  if (directory === null) return createInMemory();
  const dataDir = join(directory, 'pglite');
  await mkdir(dataDir, { recursive: true });
  return PGlite.create({ dataDir, parsers });
}

let emptyCluster: Promise<Blob> | undefined;

/** Initializes a cluster once in a process and copies it from then on, which takes a quarter of the time. */
async function createInMemory(): Promise<PGlite> {
  if (emptyCluster) return PGlite.create({ parsers, loadDataDir: await emptyCluster });
  const first = PGlite.create({ parsers });
  emptyCluster = first.then((pglite) => pglite.dumpDataDir('none'));
  await emptyCluster;
  return first;
}
