import type { CallFailed } from '@obo/service-defaults/calls';
import { defineProblems, Problem } from '@obo/service-defaults/problems';

/** How a call to a resource can end, other than with a response. */
export const resourceProblems = defineProblems({
  dependency_unavailable: [503, 'A service behind this API does not answer'],
  dependency_refused: [502, 'A service behind this API rejected the call'],
  dependency_answer_invalid: [502, 'A service behind this API returned an unexpected response'],
});

/** Seconds after which to try again, if the service does not say when. */
const defaultRetryAfter = 5;
const longestRetryAfter = 3_600;

/** Describes which service is unavailable, why, and when to try again, as parts of a problem. */
export function explainUnavailable(dependency: string, failure: CallFailed) {
  const retryAfter = Math.min(failure.retryAfter ?? defaultRetryAfter, longestRetryAfter);
  return {
    headers: { 'Retry-After': String(retryAfter) },
    extensions: { dependency, reason: failure.reason, retryAfter },
    cause: failure,
  };
}

/** Translates a failed call to a resource into a problem. */
export function toResourceProblem(dependency: string, failure: CallFailed): Problem {
  if (failure.reason === 'answer_invalid') return answerInvalid(dependency, failure);
  return new Problem(resourceProblems.dependency_unavailable, {
    detail: 'Try again later.',
    ...explainUnavailable(dependency, failure),
  });
}

/** Creates the problem for a response that does not match the resource's contract. */
export const answerInvalid = (dependency: string, cause?: unknown): Problem =>
  new Problem(resourceProblems.dependency_answer_invalid, { extensions: { dependency }, cause });

/** Creates the problem for a rejection that the user can do nothing about. */
export const resourceRejected = (dependency: string, status: number): Problem =>
  new Problem(resourceProblems.dependency_refused, {
    extensions: { dependency },
    cause: new UnexpectedStatus(status),
  });

/** A response with a status that is of no use here; logged, never sent. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}
