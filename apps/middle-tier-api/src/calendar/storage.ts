import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DependencyState } from '@obo/service-defaults/calls';
import type { DatabaseLocation } from '@obo/service-defaults/configuration';
import type { Database } from '@obo/service-defaults/database';
import type { Logger } from 'pino';
import type { Tables } from '../long-running/tables.ts';
import type { CalendarQueue, QueueOptions } from './queue.ts';

export interface StorageOptions extends Omit<QueueOptions, 'server'> {
  location: DatabaseLocation;
  logger: Logger;
}

/** The database and the queue in it. */
export interface Storage extends Pick<CalendarQueue, 'send' | 'close'> {
  use: Database<Tables>['use'];
  /** False as long as nothing can have been stored yet. */
  isOpen(): boolean;
  /** Opens both, if that has not begun. */
  open(): Promise<unknown>;
  /** Reports whether both answer. */
  state(): Promise<DependencyState>;
}

/**
 * Creates the storage. It is opened when it is first used, because a new PGlite takes seconds of computing that nobody
 * needs before the first user wants a calendar entry, and because its libraries take a while to load.
 */
export function createStorage({ location, ...options }: StorageOptions): Storage {
  let opening: ReturnType<typeof openAll> | undefined;

  async function openAll() {
    const [{ openDatabase }, { migrations }, { startQueue }] = await Promise.all([
      import('@obo/service-defaults/database'),
      import('../long-running/migrations.ts'),
      import('./queue.ts'),
    ]);
    const { logger } = options;
    const database = await openDatabase<Tables>({
      service: 'middle-tier-api',
      location,
      migrations,
      logger,
    });
    return { database, queue: startQueue({ ...options, server: database.server }) };
  }

  function open() {
    opening ??= openAll().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  const use: Storage['use'] = async (work) => (await open()).database.use(work);

  return {
    use,
    isOpen: () => opening !== undefined,
    open,
    async send(job, seconds) {
      const { database, queue } = await open();
      // For its deadline, and for the problem when the database does not answer.
      await database.use(() => queue.send(job, seconds));
    },
    async state() {
      if (!opening) return 'unknown';
      try {
        const { database, queue } = await opening;
        await Promise.all([database.ready(), database.use(queue.check)]);
        return 'answering';
      } catch {
        return 'failing';
      }
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      if (!opened) return;
      await opened.queue.close();
      await opened.database.close();
    },
  };
}

/** Checks whether there can be anything stored that has to be continued. */
export const mayHoldData = (location: DatabaseLocation): boolean =>
  'url' in location || (location.directory !== null && existsSync(join(location.directory, 'pglite')));
