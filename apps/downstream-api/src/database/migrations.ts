import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { leave } from './migrations/2026-11-24-leave.ts';
import type { Tables } from './tables.ts';

/** Every migration by its name; they run in the order of their names, and a released one never changes. */
const migrations = { '2026-11-24-leave': leave };

/**
 * Brings the database to the newest state, in one transaction. Instances that start together wait for the one that
 * took the lock, and then find nothing left to do.
 */
export async function migrateToLatest(tables: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: tables, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
