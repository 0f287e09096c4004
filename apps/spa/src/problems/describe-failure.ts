import { ApiProblem, type Problem } from '../middle-tier/problem.ts';
import { SignInRequired } from '../sign-in/access-token.ts';
import type { Challenge } from '../sign-in/challenge.ts';
import { describeSignInFailure } from '../sign-in/describe-sign-in-failure.ts';

/** A failure in words for the person it happened to. */
export interface Failure {
  title: string;
  detail: string;
  /** What support needs to find the event. */
  reference: string | null;
  /** What the person can give so that it works; `null` if only trying again may help. */
  challenge: Challenge | null;
}

/** Says what a failed call to the middle tier means. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ApiProblem) return describeProblem(error.problem, error.challenge);
  if (error instanceof SignInRequired) {
    return {
      title: 'Your session has ended',
      detail: 'Sign in again to go on.',
      reference: null,
      challenge: { kind: 'sign-in' },
    };
  }
  const notice = describeSignInFailure(error);
  return {
    title: notice?.title ?? 'Something went wrong',
    detail: notice?.detail ?? 'Try again.',
    reference: notice?.reference ?? null,
    challenge: null,
  };
}

/** Says what a problem object means, alone or as the state of a section. */
export function describeProblem(problem: Problem, challenge: Challenge | null): Failure {
  const reference = problem.correlationId ?? null;
  switch (challenge?.kind) {
    case 'consent':
      return {
        title: 'Your consent is needed',
        detail: 'You have not yet allowed the app to read this on your behalf. You decide on the next page.',
        reference,
        challenge,
      };
    case 'claims':
      return {
        title: 'Confirm that it is you',
        detail: 'Your organisation asks for one more proof before the app may go on.',
        reference,
        challenge,
      };
    case 'sign-in':
      return {
        title: 'Your session has ended',
        detail: 'The API no longer accepts your token. Sign in again to go on.',
        reference,
        challenge,
      };
    default:
      return { title: problem.title, detail: problem.detail ?? 'Try again.', reference, challenge: null };
  }
}
