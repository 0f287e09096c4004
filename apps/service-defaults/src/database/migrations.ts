import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/** The migrations of a service. */
export interface Migrations {
  /** The table that says which have run. Services that share a database need different ones. */
  table: string;
  /** By their names, in whose order they run. Never change a released one: add another. */
  byName: Readonly<Record<string, Migration>>;
}

/**
 * Runs the migrations that are missing, in one transaction. Of several instances that start together, one runs them and
 * the others wait for it.
 */
export async function migrateToLatest<Tables>(
  tables: Kysely<Tables>,
  { table, byName }: Migrations,
): Promise<void> {
  const migrator = new Migrator({
    db: tables,
    provider: { getMigrations: async () => ({ ...byName }) },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
