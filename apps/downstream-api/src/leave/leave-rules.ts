import { Problem } from '@obo/service-defaults/problems';
import { yearOf } from './calendar-date.ts';
import { leaveProblems } from './leave-problems.ts';
import { countWorkingDays } from './working-days.ts';

/** First and last day, both included. */
export interface Period {
  startDate: string;
  endDate: string;
}

/** Leave that is taken out of a year's entitlement. */
export interface BookedLeave extends Period {
  days: number;
}

/** What the rules need to know about one person and one year. */
export interface LeaveYear {
  entitlementDays: number;
  booked: readonly BookedLeave[];
}

/** Working days taken out of an entitlement. */
export const bookedDays = (booked: readonly BookedLeave[]): number =>
  booked.reduce((sum, { days }) => sum + days, 0);

/**
 * Decides whether a person may take leave.
 *
 * @param wanted Does not end before it starts.
 * @param year The year in which it starts.
 * @param today The current day.
 * @returns how many working days it takes.
 * @throws {Problem} `leave_in_past`, `leave_spans_years`, `leave_without_working_days`, `leave_overlaps` or
 * `leave_overdrawn`, in this order.
 */
export function decideLeave(wanted: Period, year: LeaveYear, today: string): number {
  if (wanted.startDate < today) throw new Problem(leaveProblems.leave_in_past);
  if (yearOf(wanted.startDate) !== yearOf(wanted.endDate)) {
    throw new Problem(leaveProblems.leave_spans_years, { detail: 'Send one request for each year.' });
  }
  const days = countWorkingDays(wanted.startDate, wanted.endDate);
  if (days === 0) {
    throw new Problem(leaveProblems.leave_without_working_days, {
      detail: 'Saturdays and Sundays need no leave.',
    });
  }
  if (year.booked.some((leave) => overlap(leave, wanted))) {
    throw new Problem(leaveProblems.leave_overlaps, { detail: 'Cancel the other leave or take other days.' });
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
 * Decides whether leave may be cancelled.
 *
 * @throws {Problem} `leave_already_started` on its first day and later.
 */
export function decideCancellation(leave: Period, today: string): void {
  if (leave.startDate <= today) throw new Problem(leaveProblems.leave_already_started);
}

const overlap = (one: Period, other: Period): boolean =>
  one.startDate <= other.endDate && other.startDate <= one.endDate;
