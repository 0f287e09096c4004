import type { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';

/** An open PostgreSQL: a server, or PGlite in this process. */
export interface Store<Tables> {
  tables: Kysely<Tables>;
  /** For libraries that bring tables of their own. */
  server: { url: string } | { pglite: PGlite };
  /** Runs the migrations that are missing. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
