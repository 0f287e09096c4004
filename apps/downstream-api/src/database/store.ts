import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** An open PostgreSQL: a server, or PGlite in this process. */
export interface Store {
  tables: Kysely<Tables>;
  /** Runs the migrations that are missing. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
