import { z } from 'zod';

/** Accepts a calendar date without time or zone, such as `2026-12-24` (ISO 8601). Rejects dates that do not exist. */
export const calendarDateSchema = z.iso.date({
  error: 'must be a date such as 2026-12-24',
  abort: true,
});

/** Returns the current date in UTC. */
export const todayAt = (now: Date): string => now.toISOString().slice(0, 10);

/** Returns the year of a date. */
export const yearOf = (date: string): number => Number(date.slice(0, 4));

/**
 * Counts the working days, Monday to Friday, of a period. Public holidays are not known.
 *
 * @param startDate The first day, such as `2026-12-21`.
 * @param endDate The last day, which counts as well; not before the first.
 */
export function countWorkingDays(startDate: string, endDate: string): number {
  return workingDaysBefore(dayNumber(endDate) + 1) - workingDaysBefore(dayNumber(startDate));
}

/** Counts the working days from Monday, 1969-12-29 up to a day, which does not count itself. */
function workingDaysBefore(day: number): number {
  const sinceMonday = day + 3;
  const weeks = Math.floor(sinceMonday / 7);
  return weeks * 5 + Math.min(sinceMonday - weeks * 7, 5);
}

/** Returns the number of days since 1970-01-01; negative before. */
const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
