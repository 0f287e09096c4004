import { dayNumber } from './calendar-date.ts';

/**
 * How many working days, Monday to Friday, a period has. Public holidays are not known here.
 *
 * @param startDate Its first day, such as `2026-12-21`.
 * @param endDate Its last day, which counts as well; not before the first.
 */
export function countWorkingDays(startDate: string, endDate: string): number {
  return workingDaysBefore(dayNumber(endDate) + 1) - workingDaysBefore(dayNumber(startDate));
}

/** Working days from a fixed Monday up to a day; 1970-01-01 was a Thursday, three days after one. */
function workingDaysBefore(day: number): number {
  const sinceMonday = day + 3;
  const weeks = Math.floor(sinceMonday / 7);
  return weeks * 5 + Math.min(sinceMonday - weeks * 7, 5);
}
