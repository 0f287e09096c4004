import { describe, expect, test } from 'vitest';
import { countWorkingDays, formatDays, formatPeriod, today } from './plain-date.ts';

describe('countWorkingDays', () => {
  test.each([
    ['2026-12-21', '2026-12-25', 5],
    ['2026-12-21', '2026-12-21', 1],
    ['2026-12-19', '2026-12-20', 0],
    ['2026-12-18', '2026-12-21', 2],
    ['2026-01-01', '2026-12-31', 261],
    ['2028-02-28', '2028-03-01', 3],
    ['2026-12-25', '2026-12-21', null],
    ['', '2026-12-21', null],
    ['2026-12-21', 'soon', null],
  ])('from %j to %j: %j', (start, end, days) => {
    expect(countWorkingDays(start, end)).toBe(days);
  });
});

test('formats periods and numbers of days', () => {
  expect(formatPeriod('2026-12-21', '2026-12-23')).toMatch(/^21\s?–\s?23 Dec 2026$/);
  expect(formatPeriod('2026-12-21', '2026-12-21')).toBe('21 Dec 2026');
  expect(formatDays(1)).toBe('1 day');
  expect(formatDays(22)).toBe('22 days');
});

test('counts today in UTC', () => {
  expect(today(new Date('2026-12-31T23:59:59Z'))).toBe('2026-12-31');
});
