import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { leave } from './migrations/2026-11-24-leave.ts';
import type { Tables } from './tables.ts';

/** Every migration by its name. They run in the order of their names. Never change a released one: add another. */
const migrations = { '2026-11-24-leave': leave };

/**
 * Runs the migrations that are missing, in one transaction. Of several instances that start together, one runs them and
 * the others wait for it.
 */
export async function migrateToLatest(tables: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: tables, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
