import { ApiProblem, challengeOf, type Problem } from '../middle-tier/problem.ts';
import { SignInRequired } from '../sign-in/access-token.ts';
import type { Challenge } from '../sign-in/challenge.ts';
import { describeSignInFailure } from '../sign-in/describe-sign-in-failure.ts';
import type { Notice } from '../sign-in/notice.ts';

/** A failure, in words for the user. */
export interface Failure extends Omit<Notice, 'intent'> {
  /** What the user can do so that it works; `null` if there is nothing. */
  challenge: Challenge | null;
  /** The page of the middle tier that requests the permission that is missing. */
  consentUrl?: string | undefined;
  /** Whether trying again may help. */
  canRetry: boolean;
}

const challengeTexts = {
  consent: {
    title: 'Your consent is needed',
    detail: 'The app needs your permission to do this on your behalf. You decide on the next page.',
  },
  claims: { title: 'Verify your identity', detail: 'Your organization requires additional verification.' },
  'sign-in': { title: 'Your session has expired', detail: 'Sign in again to continue.' },
} satisfies Record<Challenge['kind'], { title: string; detail: string }>;

/** Describes why a call to the middle tier failed. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ApiProblem) return describeProblem(error.problem);
  if (error instanceof SignInRequired) {
    return { ...challengeTexts['sign-in'], challenge: { kind: 'sign-in' }, canRetry: false };
  }
  const notice = describeSignInFailure(error) ?? { title: 'Something went wrong', detail: 'Try again.' };
  return { ...notice, challenge: null, canRetry: true };
}

/** A section that could not be read. */
export interface AffectedSection {
  /** The service that the section's data comes from. */
  source: string;
  /** The user's word for the data, such as `leave`. */
  data: string;
  /** The same for the other section, if that one could be read. */
  unaffected?: string | undefined;
}

/** Describes a problem, of a whole response or of a section: what happened, and whether anything else is affected. */
export function describeProblem(problem: Problem, section?: AffectedSection): Failure {
  const failure = describeCause(problem, section);
  if (section?.unaffected === undefined) return failure;
  return { ...failure, detail: `${failure.detail} Your ${section.unaffected} is not affected.` };
}

function describeCause(problem: Problem, section: AffectedSection | undefined): Failure {
  const { type, code, status, correlationId, title, detail = title } = problem;
  const reference = { code, url: type, correlationId };
  const challenge = challengeOf(problem);
  if (challenge) {
    const texts = challengeTexts[challenge.kind];
    const isSignIn = challenge.kind === 'sign-in' && section;
    const whatFor = isSignIn ? { detail: `Sign in again to see your ${section.data}.` } : {};
    return { ...texts, ...whatFor, reference, challenge, canRetry: false };
  }
  const canRetry = status === 0 || status === 429 || status >= 500;
  const failure = { reference, challenge, consentUrl: problem.consentUrl, canRetry };
  if (section && code === 'dependency_unavailable') {
    const source = section.source.replace(/^the /, 'The ');
    return { ...failure, title: `${source} is not responding`, detail: 'Try again in a moment.' };
  }
  if (section && code === 'not_assigned')
    return { ...failure, title: `Your organization has not assigned you to ${section.source}`, detail };
  const advice = canRetry ? 'Try again.' : 'Contact your administrator.';
  return { ...failure, title, detail: detail === title ? advice : detail };
}
