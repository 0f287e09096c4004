import type { AccessToken, AccessTokenGuard } from '@obo/access-token';
import { createSeal, type OnBehalfOf, type Resource, type User } from '@obo/on-behalf-of';
import type { DependencyStates } from '@obo/service-defaults/calls';
import { describeError } from '@obo/service-defaults/observability';
import { Problem } from '@obo/service-defaults/problems';
import { Router } from 'express';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import { SessionRepository } from '../long-running/session-repository.ts';
import { createSessionRoutes } from '../long-running/session-routes.ts';
import { type Calendar, calendarProblems, noCalendar } from './calendar.ts';
import { createCalendarEvents } from './calendar-events.ts';
import { createCalendarJob, type RetryTimes } from './calendar-job.ts';
import { consentUrlOf, createConsentPage } from './consent-page.ts';
import { EntryRepository } from './entry-repository.ts';
import { createStorage, mayHoldData } from './storage.ts';

/** Times of the jobs, in seconds. */
export interface CalendarTimes extends RetryTimes {
  /** How long a job waits that is sent before a change, in case the process ends before it sends the one after it. */
  safety: number;
  /** Between two looks for delayed jobs. */
  pollEvery: number;
  /** The clock; the system's if omitted. */
  now?: () => Date;
}

const defaultTimes: CalendarTimes = {
  shortest: 30,
  longest: 3_600,
  patience: 86_400,
  safety: 60,
  pollEvery: 10,
};

export interface CalendarDependencies {
  guard: AccessTokenGuard;
  onBehalfOf: Pick<OnBehalfOf, 'beginSession' | 'renewSession'>;
  graph: Resource;
  downstream: Resource;
  times?: CalendarTimes | undefined;
  logger: Logger;
}

export interface RunningCalendar extends Calendar {
  routes: Router;
  /** Resolves when it is known that database and directory can be used, if they are needed from the start. */
  opened: Promise<unknown>;
  /** The state of the database, by its name. */
  dependencies: DependencyStates;
  close(): Promise<void>;
}

/** Composes what keeps calendars in line with leave: consent, sessions, storage, jobs. Without `PUBLIC_URL`, nothing. */
export function createCalendar(
  configuration: Configuration,
  { guard, onBehalfOf, graph, downstream, times = defaultTimes, logger }: CalendarDependencies,
): RunningCalendar {
  const { calendar: options } = configuration;
  if (!options)
    return {
      ...noCalendar,
      routes: Router(),
      opened: Promise.resolve(),
      dependencies: {},
      close: async () => {},
    };
  const consentPage = { ...configuration, ...options };
  const scopes = { leave: configuration.downstream.scopes.read, calendar: options.scopes };
  const { now = () => new Date() } = times;

  const storage = createStorage({
    location: options.database,
    work: (job) => work(job),
    async giveUp(job) {
      const session = await sessions.open(job);
      if (session) await sessions.requireAction(session, 'retry', 'internal_error');
    },
    async sweep() {
      await entries.removeBefore(now().toISOString().slice(0, 10));
      await sessions.sweep();
    },
    pollEvery: times.pollEvery,
    logger,
  });
  const { use, send } = storage;
  const seal = createSeal(options.keys, 'long-running-session');
  const sessions = new SessionRepository(use, seal, options.sessionDays, now);
  const entries = new EntryRepository(use);
  const work = createCalendarJob({
    sessions,
    entries,
    onBehalfOf,
    downstream,
    events: createCalendarEvents(graph),
    scopes,
    send,
    times,
    now,
    logger,
  });

  /** Begins the user's session with the caller's token, and continues what waited for that. */
  async function begin(token: AccessToken): Promise<void> {
    const user = userOf(token);
    try {
      await sessions.begin(await onBehalfOf.beginSession(token, scopes.calendar));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'consent_required') throw error;
      // The user will be back in a moment.
      storage
        .open()
        .catch((failure) => logger.error({ error: describeError(failure) }, 'calendar not opened'));
      throw new Problem(calendarProblems.calendar_consent_required, {
        detail:
          'Let the user visit consentUrl, with the page to come back to as return_to. Then repeat the request.',
        extensions: { consentUrl: consentUrlOf(consentPage, user.tenantId) },
        cause: error,
      });
    }
    for (const entry of await entries.list(user)) await send(jobFor(entry));
  }

  const routes = Router();
  routes.use(createConsentPage(consentPage));
  routes.use(createSessionRoutes(guard, sessions, begin));

  return {
    async add(token, requestLeave) {
      const user = userOf(token);
      await begin(token);
      try {
        const leave = await requestLeave();
        // The job of other leave may just have removed the session, as the last that needed it.
        if (!(await entries.add(user, leave, now()))) {
          await begin(token);
          await entries.add(user, leave, now());
        }
        await send({ ...user, leaveRequestId: leave.id });
        return leave;
      } catch (error) {
        await sessions.removeUnused(user);
        throw error;
      }
    },
    async follow(tenantId, leaveRequestId, change) {
      const entry = storage.isOpen() ? await entries.find(tenantId, leaveRequestId) : undefined;
      if (!entry) return change();
      // If this process ends after the change, this job sees what happened.
      await send(jobFor(entry), times.safety);
      const result = await change();
      await send(jobFor(entry)).catch((error: unknown) =>
        logger.warn({ error: describeError(error) }, 'calendar changes later'),
      );
      return result;
    },
    routes,
    opened: mayHoldData(options.database) ? storage.open() : Promise.resolve(),
    dependencies: { database: storage.state },
    close: storage.close,
  };
}

const userOf = ({ claims: { tid, oid } }: AccessToken): User => ({ tenantId: tid, objectId: oid });

const jobFor = ({ tenantId, objectId, leaveRequestId }: User & { leaveRequestId: string }) => ({
  tenantId,
  objectId,
  leaveRequestId,
});
