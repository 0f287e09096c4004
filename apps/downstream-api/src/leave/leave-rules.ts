import { defineProblems, Problem } from '@obo/service-defaults/problems';
import { countWorkingDays, yearOf } from './calendar.ts';

/** The answers to requests that break a rule. */
export const leaveProblems = defineProblems({
  leave_in_past: [422, 'Leave must start today or later'],
  leave_spans_years: [422, 'Leave must lie within one calendar year'],
  leave_without_working_days: [422, 'There is no working day in this period'],
  leave_overlaps: [409, 'There is already leave on these days'],
  leave_overdrawn: [422, 'There are not enough days left'],
  leave_already_started: [409, 'Leave that has started cannot be canceled'],
  approver_not_allowed: [422, 'Users cannot approve their own leave'],
  leave_request_not_found: [404, 'Leave request not found'],
  idempotency_key_reused: [422, 'The idempotency key was used for another request'],
});

/** The first and the last day, both included. */
export interface Period {
  startDate: string;
  endDate: string;
}

/** Leave that counts against a year's entitlement. */
export interface BookedLeave extends Period {
  days: number;
}

/** One user's year, as far as the rules depend on it. */
export interface LeaveYear {
  entitlementDays: number;
  booked: readonly BookedLeave[];
}

/** Adds up the working days of booked leave. */
export const bookedDays = (booked: readonly BookedLeave[]): number =>
  booked.reduce((sum, { days }) => sum + days, 0);

/**
 * Decides whether a user may take leave.
 *
 * @param period Does not end before it starts.
 * @param year The year in which it starts.
 * @param today The current date.
 * @returns the number of working days it takes.
 * @throws {Problem} `leave_in_past`, `leave_spans_years`, `leave_without_working_days`, `leave_overlaps` or
 * `leave_overdrawn`, in this order.
 */
export function decideLeave(period: Period, year: LeaveYear, today: string): number {
  if (period.startDate < today) throw new Problem(leaveProblems.leave_in_past);
  if (yearOf(period.startDate) !== yearOf(period.endDate)) {
    throw new Problem(leaveProblems.leave_spans_years, { detail: 'Send one request for each year.' });
  }
  const days = countWorkingDays(period.startDate, period.endDate);
  if (days === 0) {
    throw new Problem(leaveProblems.leave_without_working_days, {
      detail: 'Saturdays and Sundays need no leave.',
    });
  }
  if (year.booked.some((leave) => overlap(leave, period))) {
    throw new Problem(leaveProblems.leave_overlaps, {
      detail: 'Cancel the other leave or choose other days.',
    });
  }
  const remainingDays = year.entitlementDays - bookedDays(year.booked);
  if (days > remainingDays) {
    throw new Problem(leaveProblems.leave_overdrawn, {
      detail: `This takes ${days} working days, and ${remainingDays} are left in that year.`,
      extensions: { requestedDays: days, remainingDays },
    });
  }
  return days;
}

/**
 * Decides whether leave may be canceled.
 *
 * @throws {Problem} `leave_already_started` from its first day on.
 */
export function decideCancellation(leave: Period, today: string): void {
  if (leave.startDate <= today) throw new Problem(leaveProblems.leave_already_started);
}

const overlap = (one: Period, other: Period): boolean =>
  one.startDate <= other.endDate && other.startDate <= one.endDate;
