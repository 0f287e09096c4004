import { z } from 'zod';

/** A day of the calendar, without time or zone: `2026-12-24` (ISO 8601). Days that do not exist are refused. */
export const calendarDateSchema = z.iso.date({
  error: 'must be a date such as 2026-12-24',
  abort: true,
});

/** The current day in UTC. */
export const todayAt = (now: Date): string => now.toISOString().slice(0, 10);

/** The year a day lies in. */
export const yearOf = (date: string): number => Number(date.slice(0, 4));

/** Days since 1970-01-01; negative before. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
