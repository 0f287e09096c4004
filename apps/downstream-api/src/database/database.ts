import type { DatabaseLocation } from '@obo/service-defaults/configuration';
import * as door from '@obo/service-defaults/database';
import type { Logger } from 'pino';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/** The database of this API. */
export type Database = door.Database<Tables>;

/**
 * Opens the database and runs the migrations that are missing.
 *
 * @throws {ConfigurationError} if waiting cannot help: user, password, database or directory are wrong.
 */
export const openDatabase = (location: DatabaseLocation, logger: Logger): Promise<Database> =>
  door.openDatabase({ service: 'downstream-api', location, migrations, logger });
