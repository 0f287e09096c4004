import { ApiProblem } from '../middle-tier/problem.ts';
import type { LeaveDraft } from '../middle-tier/request-leave.ts';

/** What is wrong with each field, in words. */
export type FieldErrors = Partial<Record<keyof LeaveDraft, string>>;

/** What can be seen without asking: the APIs decide the rest. */
export function checkDraft({ startDate, endDate }: LeaveDraft): FieldErrors {
  return {
    ...(startDate === '' ? { startDate: 'Choose the first day.' } : {}),
    ...(endDate === '' ? { endDate: 'Choose the last day.' } : {}),
    ...(startDate !== '' && endDate !== '' && endDate < startDate
      ? { endDate: 'The last day must not be before the first.' }
      : {}),
  };
}

/** The fields that an API's refusal is about; none if it is about something else. */
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
      return { endDate: 'These days are all weekend. There is nothing to book.' };
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
