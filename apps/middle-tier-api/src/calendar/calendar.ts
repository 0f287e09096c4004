import type { AccessToken } from '@obo/access-token';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import type { LeaveRequest } from '../leave/leave.ts';

/** What the calendar adds to the problems of leave. */
export const calendarProblems = defineProblems({
  calendar_consent_required: [403, 'The permission for the calendar is missing'],
  calendar_not_available: [422, 'This API does not add leave to calendars'],
});

/** Keeps users' calendars in line with their leave, also while they are away. */
export interface Calendar {
  /**
   * Requests leave that is added to the user's calendar when it is approved.
   *
   * @param requestLeave Requests the leave.
   * @throws {Problem} see {@link calendarProblems}, or what an exchange or `requestLeave` throws.
   */
  add(token: AccessToken, requestLeave: () => Promise<LeaveRequest>): Promise<LeaveRequest>;
  /**
   * Makes a change to a leave request, after which the calendar may have to change too.
   *
   * @param change Makes the change. What it throws is passed on.
   */
  follow<Result>(tenantId: string, leaveRequestId: string, change: () => Promise<Result>): Promise<Result>;
}

/** Stands in for the calendar where it is not configured. */
export const noCalendar: Calendar = {
  add: () =>
    Promise.reject(
      new Problem(calendarProblems.calendar_not_available, {
        detail: 'Send the request without addToCalendar.',
      }),
    ),
  follow: (_tenantId, _leaveRequestId, change) => change(),
};
