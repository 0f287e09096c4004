import { ApiProblem, challengeOf, type Problem } from '../middle-tier/problem.ts';
import { SignInRequired } from '../sign-in/access-token.ts';
import type { Challenge } from '../sign-in/challenge.ts';
import { describeSignInFailure } from '../sign-in/describe-sign-in-failure.ts';
import type { Reference } from '../sign-in/notice.ts';

/** A failure, in words for the user. */
export interface Failure {
  title: string;
  detail: string;
  reference: Reference | undefined;
  /** What the user can do so that it works; `null` if there is nothing. */
  challenge: Challenge | null;
  /** Whether trying again may help. */
  canRetry: boolean;
}

const sessionExpired = {
  title: 'Your session has expired',
  detail: 'Sign in again to continue.',
  canRetry: false,
};

/** Describes why a call to the middle tier failed. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ApiProblem) return describeProblem(error.problem);
  if (error instanceof SignInRequired) {
    return { ...sessionExpired, reference: undefined, challenge: { kind: 'sign-in' } };
  }
  const notice = describeSignInFailure(error);
  return {
    title: notice?.title ?? 'Something went wrong',
    detail: notice?.detail ?? 'Try again.',
    reference: notice?.reference,
    challenge: null,
    canRetry: true,
  };
}

/**
 * Describes a problem, of a whole response or of a section.
 *
 * @param source The service that the section's data comes from.
 */
export function describeProblem(problem: Problem, source?: string): Failure {
  const challenge = challengeOf(problem);
  const reference = referenceOf(problem);
  switch (challenge?.kind) {
    case 'consent':
      return {
        title: 'Your consent is needed',
        detail: 'The app needs your permission to do this on your behalf. You decide on the next page.',
        reference,
        challenge,
        canRetry: false,
      };
    case 'claims':
      return {
        title: 'Verify your identity',
        detail: 'Your organization requires additional verification.',
        reference,
        challenge,
        canRetry: false,
      };
    case 'sign-in':
      return { ...sessionExpired, reference, challenge };
  }
  const canRetry = problem.status === 0 || problem.status === 429 || problem.status >= 500;
  if (source !== undefined && problem.status >= 502) {
    const title = `${source[0]?.toUpperCase()}${source.slice(1)} is not responding`;
    return { title, detail: 'The rest of this page is not affected.', reference, challenge, canRetry };
  }
  const { title, detail = title } = problem;
  const advice = canRetry ? 'Try again.' : 'Contact your administrator.';
  return { title, detail: detail === title ? advice : detail, reference, challenge, canRetry };
}

function referenceOf({ type, code, correlationId }: Problem): Reference {
  return { code, url: type?.startsWith('https://') ? type : undefined, correlationId };
}
