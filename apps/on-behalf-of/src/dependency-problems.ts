import type { CallFailed } from '@obo/service-defaults/calls';
import { defineProblems, Problem } from '@obo/service-defaults/problems';

/** What a call to a service behind this API can end in, besides an answer. */
export const dependencyProblems = defineProblems({
  dependency_unavailable: [503, 'A service behind this API does not answer'],
  dependency_refused: [502, 'A service behind this API refused the call'],
  dependency_answer_invalid: [502, 'A service behind this API gave an unexpected answer'],
});

/** The services behind this API, by the names that problems, readiness and timings call them. */
export const dependencyNames = ['graph', 'downstream', 'identity_provider', 'managed_identity'] as const;
export type DependencyName = (typeof dependencyNames)[number];

/** Seconds after which to try again, where nobody said when. */
export const usualRetryAfter = 5;
const longestRetryAfter = 3_600;

/** The parts of a problem that say which service is missing, why, and when to try again. */
export function explainUnavailable(dependency: DependencyName, failure: CallFailed) {
  const retryAfter = Math.min(failure.retryAfter ?? usualRetryAfter, longestRetryAfter);
  return {
    headers: { 'Retry-After': String(retryAfter) },
    extensions: { dependency, reason: failure.reason, retryAfter },
    cause: failure,
  };
}

/** Translates a failed call. */
export function toDependencyProblem(dependency: DependencyName, failure: CallFailed): Problem {
  if (failure.reason === 'answer_invalid') return answerInvalid(dependency, failure);
  return new Problem(dependencyProblems.dependency_unavailable, {
    detail: 'Try again later.',
    ...explainUnavailable(dependency, failure),
  });
}

/** A service answered successfully, but not with what its contract says. */
export const answerInvalid = (dependency: DependencyName, cause?: unknown): Problem =>
  new Problem(dependencyProblems.dependency_answer_invalid, { extensions: { dependency }, cause });

/** A service refused, and the person cannot do anything about it. */
export const dependencyRefused = (dependency: DependencyName, status: number): Problem =>
  new Problem(dependencyProblems.dependency_refused, {
    extensions: { dependency },
    cause: new UnexpectedAnswer(status),
  });

/** A service answered with a status that is of no use to us; logged, never sent. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}
