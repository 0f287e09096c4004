import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Where the tables are kept: a PostgreSQL server, or PostgreSQL inside this process. */
export interface Store {
  tables: Kysely<Tables>;
  /** Brings the tables to the newest state. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
