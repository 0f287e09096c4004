/**
 * Returns a day for leave that is in the future; from a Monday on, so that you know the weekends.
 *
 * @param offset Days after the first Monday of next June.
 * @returns such as `2027-06-07`.
 */
export function dayOfJune(offset: number): string {
  const date = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 5, 1));
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() + 1);
  date.setUTCDate(date.getUTCDate() + offset);
  return date.toISOString().slice(0, 10);
}
