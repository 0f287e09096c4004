import { describe, expect, test } from 'vitest';
import { calendarDateSchema, countWorkingDays } from '../../src/leave/calendar.ts';

const day = 86_400_000;
const dateOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

function countOneByOne(startDate: string, endDate: string): number {
  let count = 0;
  for (let time = Date.parse(startDate); time <= Date.parse(endDate); time += day) {
    const weekday = new Date(time).getUTCDay();
    if (weekday >= 1 && weekday <= 5) count += 1;
  }
  return count;
}

describe('working days', () => {
  test.each([
    ['a Monday', '2026-03-02', '2026-03-02', 1],
    ['a Saturday', '2026-03-07', '2026-03-07', 0],
    ['a weekend', '2026-03-07', '2026-03-08', 0],
    ['Friday to Monday', '2026-03-06', '2026-03-09', 2],
    ['a whole week', '2026-03-02', '2026-03-08', 5],
    ['over 29 February', '2028-02-28', '2028-03-01', 3],
    ['a whole year', '2026-01-01', '2026-12-31', 261],
    ['before 1970', '1969-12-29', '1970-01-04', 5],
    ['a year of three digits', '0999-01-01', '0999-12-31', 261],
  ])('counts %s', (_title, startDate, endDate, days) => {
    expect(countWorkingDays(startDate, endDate)).toBe(days);
  });

  test('match counting day by day, for every weekday and length', () => {
    for (let start = Date.parse('2027-12-20'); start < Date.parse('2028-03-10'); start += day) {
      for (let length = 0; length < 75; length += 1) {
        const period = [dateOf(start), dateOf(start + length * day)] as const;
        expect(countWorkingDays(...period), period.join(' to ')).toBe(countOneByOne(...period));
      }
    }
  });

  test('of a period are the sum of its parts', () => {
    for (let cut = Date.parse('2026-01-01'); cut < Date.parse('2026-12-31'); cut += day) {
      const parts =
        countWorkingDays('2026-01-01', dateOf(cut)) + countWorkingDays(dateOf(cut + day), '2026-12-31');
      expect(parts).toBe(261);
    }
  });
});

describe('a calendar date', () => {
  test.each(['2026-01-01', '2028-02-29', '2000-02-29', '9999-12-31'])('is %s', (text) => {
    expect(calendarDateSchema.safeParse(text).success).toBe(true);
  });

  test.each([
    '2026-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    '2026-01-01 ',
    '+02026-01-01',
    '-2026-01-01',
    '２０２６-01-01',
    '',
  ])('is not %j', (text) => {
    expect(calendarDateSchema.safeParse(text).success).toBe(false);
  });
});
