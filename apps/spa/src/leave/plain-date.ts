// Leave is counted in plain dates. They are parsed as midnight UTC and formatted in UTC everywhere, so that no
// time zone can shift them by a day.

const locale = 'en-GB';
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const workingDays = new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' });

/** Returns today's date in UTC, as the APIs do. */
export function today(now = new Date()): string {
  return now.toISOString().slice(0, 10);
}

/** Formats a period, such as `21–23 Dec 2026`. */
export function formatPeriod(startDate: string, endDate: string): string {
  return day.formatRange(new Date(startDate), new Date(endDate));
}

/** Formats a number of days, such as `1 day` or `22 days`. */
export function formatDays(days: number): string {
  return workingDays.format(days);
}

/**
 * Counts the days from `startDate` to `endDate`, both included, that are Monday to Friday.
 *
 * @returns `null` if one of them is not a date or the end is before the start.
 */
export function countWorkingDays(startDate: string, endDate: string): number | null {
  const start = Date.parse(startDate);
  const end = Date.parse(endDate);
  if (Number.isNaN(start) || Number.isNaN(end) || end < start) return null;
  const days = Math.round((end - start) / 86_400_000) + 1;
  const firstWeekday = new Date(start).getUTCDay();
  let working = Math.floor(days / 7) * 5;
  for (let offset = 0; offset < days % 7; offset += 1) {
    const weekday = (firstWeekday + offset) % 7;
    if (weekday !== 0 && weekday !== 6) working += 1;
  }
  return working;
}
