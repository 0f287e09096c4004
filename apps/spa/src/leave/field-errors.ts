import { ApiProblem } from '../middle-tier/problem.ts';
import type { LeaveDraft } from './leave.ts';

/** A message for each field that has an error. */
export type FieldErrors = Partial<Record<keyof LeaveDraft, string>>;

/** Checks a draft before it is sent; the APIs check the rest. */
export function checkDraft({ startDate, endDate }: LeaveDraft): FieldErrors {
  return {
    ...(startDate === '' ? { startDate: 'Choose the first day.' } : {}),
    ...(endDate === '' ? { endDate: 'Choose the last day.' } : {}),
    ...(startDate !== '' && endDate !== '' && endDate < startDate
      ? { endDate: 'The last day must not be before the first.' }
      : {}),
  };
}

/** Maps a rejection by an API to the fields that it concerns; none if it concerns something else. */
export function fieldErrorsOf(error: unknown): FieldErrors {
  if (!(error instanceof ApiProblem)) return {};
  const { code, errors = [] } = error.problem;
  switch (code) {
    case 'leave_in_past':
      return { startDate: 'Leave cannot start in the past.' };
    case 'leave_overlaps':
      return { startDate: 'You already have leave on one of these days.' };
    case 'leave_overdrawn':
      return { endDate: 'You do not have that many days left.' };
    case 'leave_spans_years':
      return { endDate: 'Leave must start and end in the same year. Send one request per year.' };
    case 'leave_without_working_days':
      return { endDate: 'All of these days are on a weekend.' };
    case 'invalid_body': {
      const fields: FieldErrors = {};
      for (const { member, message } of errors) if (isField(member)) fields[member] = message;
      return fields;
    }
    default:
      return {};
  }
}

function isField(member: string): member is keyof LeaveDraft {
  return member === 'startDate' || member === 'endDate' || member === 'note';
}
