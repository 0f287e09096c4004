import type { Database } from '@obo/service-defaults/database';
import { currentRequest, describeError } from '@obo/service-defaults/observability';
import { type ConstructorOptions, fromPglite, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Tables } from '../long-running/tables.ts';

const jobSchema = z.object({
  tenantId: z.guid(),
  objectId: z.guid(),
  leaveRequestId: z.guid(),
  /** Since when it could not be done, in ISO 8601. */
  failingSince: z.iso.datetime().optional(),
});

/** Brings one leave request and the calendar in line. It contains no token. */
export type CalendarJob = z.output<typeof jobSchema>;

export interface CalendarQueue {
  /**
   * Sends a job. One that already waits for the same leave request is replaced.
   *
   * @param seconds How long it waits.
   */
  send(job: CalendarJob, seconds?: number): Promise<void>;
  /** Resolves if the queue runs and its tables can be read. */
  check(): Promise<void>;
  /** Waits for the jobs under way, for a second at most; others do them again later. */
  close(): Promise<void>;
}

export interface QueueOptions {
  server: Database<Tables>['server'];
  /** Does a job. It may run any number of times; for one leave request, once at a time. */
  work: (job: CalendarJob) => Promise<void>;
  /** Receives a job that kept ending with an error or with the process. */
  giveUp: (job: CalendarJob) => Promise<void>;
  /** Runs once a day. */
  sweep: () => Promise<void>;
  /** Seconds between two looks for delayed jobs. Others are announced by the database. */
  pollEvery: number;
  logger: Logger;
}

const queue = 'calendar';
const givenUp = 'calendar-given-up';
const sweeping = 'calendar-sweep';

const common: ConstructorOptions = {
  useListenNotify: true,
  registerInstance: false,
  openTelemetry: { enabled: false },
  // Finds the jobs of processes that ended in the middle.
  superviseIntervalSeconds: 10,
  monitorIntervalSeconds: 10,
};

/** For its pool of connections, in milliseconds: one on which nothing comes back is given up. */
const connection = { max: 4, connectionTimeoutMillis: 2_000, query_timeout: 10_000 };

/**
 * Starts the queue: pg-boss, with its own tables in the same database. It may start before the database, and is used
 * when that has answered.
 */
export function startQueue(options: QueueOptions): CalendarQueue {
  const { server, logger } = options;
  const boss =
    'url' in server
      ? new PgBoss({
          ...common,
          ...connection,
          connectionString: server.url,
          application_name: 'middle-tier-queue',
        })
      : new PgBoss({ ...common, db: fromPglite(server.pglite), backend: 'pglite' });
  boss.on('error', (error) => logger.warn({ error: describeError(error) }, 'queue failed'));
  let closing = false;
  const started = start(boss, options);
  started.catch((error: unknown) => {
    // Ends the process otherwise: without the queue, nothing of what waits would be done until it starts again.
    if (!closing) throw error;
  });

  return {
    async send(job, seconds = 0) {
      await started;
      const singletonKey = `${job.tenantId}.${job.leaveRequestId}`;
      await boss.upsert(queue, job, { singletonKey, startAfter: seconds });
    },
    async check() {
      await started;
      await boss.schemaVersion();
    },
    async close() {
      closing = true;
      await boss.stop({ timeout: 1_000 });
    },
  };
}

/** Starts the queues and what works on them, as soon as the database answers. */
async function start(boss: PgBoss, { work, giveUp, sweep, pollEvery, logger }: QueueOptions): Promise<void> {
  await boss.start({ attempts: Number.MAX_SAFE_INTEGER });
  await boss.createQueue(givenUp);
  await boss.createQueue(queue, {
    policy: 'singleton',
    notify: true,
    deadLetter: givenUp,
    // Longer than all calls of a job together.
    expireInSeconds: 60,
    retryLimit: 5,
    retryDelay: 5,
    retryBackoff: true,
    deleteAfterSeconds: 86_400,
  });
  await boss.createQueue(sweeping, { policy: 'short' });
  await boss.schedule(sweeping, '0 3 * * *');

  const polling = { pollingIntervalSeconds: pollEvery, notifyPollingIntervalSeconds: pollEvery };
  /** Does the jobs that are due one after the other: pg-boss itself pauses after each that nothing announced meanwhile. */
  async function workOn(name: string, perform: (data: unknown) => Promise<void>): Promise<void> {
    let worker: string | undefined;
    worker = await boss.work(name, polling, async ([job]) => {
      if (worker !== undefined) boss.notifyWorker(worker);
      await perform(job?.data);
    });
  }
  const attempt = async (data: unknown): Promise<void> => {
    try {
      // The request that sent the job, or opened the database, has ended, and its deadline has passed.
      await currentRequest.exit(() => work(jobSchema.parse(data)));
    } catch (error) {
      logger.error({ error: describeError(error) }, 'calendar job failed');
      // pg-boss stores what is thrown.
      throw new JobFailed();
    }
  };
  // Two jobs at a time.
  await Promise.all([workOn(queue, attempt), workOn(queue, attempt)]);
  await workOn(givenUp, (data) => giveUp(jobSchema.parse(data)));
  await boss.work(sweeping, polling, sweep);
}

/** Holds nothing of the error that it stands for, because the database keeps it. */
class JobFailed extends Error {
  override readonly name = 'JobFailed';
}
