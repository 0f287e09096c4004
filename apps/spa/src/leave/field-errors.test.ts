import { expect, test } from 'vitest';
import { ApiProblem } from '../middle-tier/problem.ts';
import { checkDraft, fieldErrorsOf } from './field-errors.ts';

test.each([
  [{ startDate: '', endDate: '' }, ['startDate', 'endDate']],
  [{ startDate: '2026-12-21', endDate: '' }, ['endDate']],
  [{ startDate: '2026-12-21', endDate: '2026-12-18' }, ['endDate']],
  [{ startDate: '2026-12-21', endDate: '2026-12-21' }, []],
])('checks %o', (dates, fields) => {
  expect(Object.keys(checkDraft({ ...dates, note: '' }))).toEqual(fields);
});

const problem = (code: string, errors?: { member: string; message: string }[]) =>
  new ApiProblem({ title: 'Title', status: 422, code, ...(errors ? { errors } : {}) });

test.each([
  ['leave_in_past', ['startDate']],
  ['leave_overlaps', ['startDate']],
  ['leave_overdrawn', ['endDate']],
  ['leave_spans_years', ['endDate']],
  ['leave_without_working_days', ['endDate']],
  ['internal_error', []],
])('shows %s at %j', (code, fields) => {
  expect(Object.keys(fieldErrorsOf(problem(code)))).toEqual(fields);
});

test('shows the errors of an invalid body at the fields that exist', () => {
  const errors = [
    { member: 'note', message: 'Too long' },
    { member: 'approver', message: 'Unknown' },
  ];
  expect(fieldErrorsOf(problem('invalid_body', errors))).toEqual({ note: 'Too long' });
});

test('has nothing to show for an error that is no problem', () => {
  expect(fieldErrorsOf(new Error('other'))).toEqual({});
});
