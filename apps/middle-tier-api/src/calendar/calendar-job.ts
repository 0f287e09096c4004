import type { OnBehalfOf, Resource } from '@obo/on-behalf-of';
import { describeError } from '@obo/service-defaults/observability';
import { Problem, problems } from '@obo/service-defaults/problems';
import type { Logger } from 'pino';
import { type LeaveRequest, leaveRequestsSchema } from '../leave/leave.ts';
import type { OpenSession, RequiredAction, SessionRepository } from '../long-running/session-repository.ts';
import type { CalendarEvents } from './calendar-events.ts';
import type { CalendarEntry, EntryRepository } from './entry-repository.ts';
import type { CalendarJob, CalendarQueue } from './queue.ts';

/** Seconds between the attempts at a job that fails. */
export interface RetryTimes {
  /** Before the second attempt. After that, as long as it has been failing. */
  shortest: number;
  longest: number;
  /** After which the user has to ask for another attempt. */
  patience: number;
}

export interface CalendarJobOptions {
  sessions: SessionRepository;
  entries: EntryRepository;
  onBehalfOf: Pick<OnBehalfOf, 'renewSession'>;
  downstream: Resource;
  events: CalendarEvents;
  scopes: { leave: readonly string[]; calendar: readonly string[] };
  send: CalendarQueue['send'];
  times: RetryTimes;
  now: () => Date;
  logger: Logger;
}

/** What the user has to do after a failure that waiting does not end. */
const actions: Readonly<Record<string, RequiredAction>> = {
  consent_required: 'consent',
  invalid_token: 'sign_in',
  insufficient_claims: 'sign_in',
  access_blocked: 'retry',
  not_assigned: 'retry',
  mailbox_missing: 'retry',
};

/**
 * Returns how many seconds to wait before the next attempt.
 *
 * @param failedFor Seconds since the first attempt.
 * @param retryAfter Seconds that the service asked for.
 */
const pauseAfter = (failedFor: number, retryAfter: number, { shortest, longest }: RetryTimes): number =>
  Math.max(retryAfter, Math.min(longest, Math.max(shortest, failedFor)));

/**
 * Creates the job for one leave request: it compares what the leave is with what the calendar has, and changes the
 * calendar. It may run at any time, any number of times.
 */
export function createCalendarJob(options: CalendarJobOptions): (job: CalendarJob) => Promise<void> {
  const { sessions, entries, onBehalfOf, downstream, events, scopes, send, times, now, logger } = options;

  async function acquireToken(session: OpenSession, wanted: readonly string[]): Promise<string> {
    const renewed = await onBehalfOf.renewSession(session, wanted);
    session.refreshToken = renewed.session.refreshToken;
    await sessions.replace(session, renewed.session);
    return renewed.accessToken;
  }

  /** Reads the leave request as its user; `undefined` if it was canceled. */
  async function readLeave(session: OpenSession, id: string): Promise<LeaveRequest | undefined> {
    const accessToken = await acquireToken(session, scopes.leave);
    const call = { span: 'downstream_requests', url: '/api/leave-requests' };
    const { status, data } = await downstream.callWith(accessToken, session, call);
    const list = leaveRequestsSchema.safeParse(data);
    if (status >= 400 || !list.success) throw downstream.answerInvalid(status);
    return list.data.requests.find((request) => request.id === id);
  }

  async function reconcile(entry: CalendarEntry, session: OpenSession): Promise<void> {
    const leave = await readLeave(session, entry.leaveRequestId);
    // The decision sends the next job.
    if (leave?.status === 'pending') return;
    if (leave?.status === 'approved') {
      if (entry.eventId !== null) return;
      const accessToken = await acquireToken(session, scopes.calendar);
      await entries.setEvent(entry, await events.create(accessToken, session, leave));
      return;
    }
    if (entry.eventId !== null)
      await events.remove(await acquireToken(session, scopes.calendar), session, entry.eventId);
    await entries.remove(entry);
    await sessions.removeUnused(session);
  }

  async function continueLater(job: CalendarJob, session: OpenSession, error: unknown): Promise<void> {
    const { code, headers } = error instanceof Problem ? error : new Problem(problems.internal_error);
    const since = job.failingSince ?? now().toISOString();
    const failedFor = (now().getTime() - Date.parse(since)) / 1_000;
    const action = actions[code] ?? (failedFor > times.patience ? 'retry' : undefined);
    const retryIn = pauseAfter(failedFor, Number(headers['Retry-After'] ?? 0), times);
    logger.warn(
      { error: describeError(error), ...(action ? { action } : { retryIn }) },
      'calendar not changed',
    );
    if (!action) await send({ ...job, failingSince: since }, retryIn);
    // With a session that the user has just begun again, the job may succeed.
    else if (!(await sessions.requireAction(session, action, code))) await send(job);
  }

  return async (job) => {
    const entry = await entries.find(job.tenantId, job.leaveRequestId);
    const session = entry && (await sessions.open(entry));
    if (!entry || !session) return;
    try {
      await reconcile(entry, session);
    } catch (error) {
      await continueLater(job, session, error);
    }
  };
}
