import { describe, expect, test } from 'vitest';
import { ApiProblem } from '../middle-tier/problem.ts';
import { SignInRequired } from '../sign-in/access-token.ts';
import { describeFailure, describeProblem } from './describe-failure.ts';

const problem = (status: number, code: string, detail?: string) => ({
  title: 'Title of the problem',
  status,
  code,
  correlationId: 'id',
  ...(detail === undefined ? {} : { detail }),
});

const leave = { source: 'the downstream API', data: 'leave', unaffected: 'profile' };

describe('describeProblem', () => {
  test('names the source of a section that did not respond, and offers a retry', () => {
    expect(describeProblem(problem(503, 'dependency_unavailable'), leave)).toMatchObject({
      title: 'The downstream API is not responding',
      detail: 'Try again in a moment. Your profile is not affected.',
      canRetry: true,
    });
  });

  test('offers no retry where trying again does not help', () => {
    expect(describeProblem(problem(403, 'access_blocked', 'Signing in again does not help.'))).toMatchObject({
      title: 'Title of the problem',
      detail: 'Signing in again does not help.',
      challenge: null,
      canRetry: false,
    });
  });

  test('does not repeat the title as the text', () => {
    expect(describeProblem(problem(500, 'internal_error')).detail).toBe('Try again.');
    expect(describeProblem(problem(403, 'x', 'Title of the problem')).detail).toBe(
      'Contact your administrator.',
    );
  });

  test('asks for a new sign-in if the token was rejected', () => {
    expect(describeProblem(problem(401, 'invalid_token'), leave)).toMatchObject({
      title: 'Your session has expired',
      detail: 'Sign in again to see your leave. Your profile is not affected.',
      challenge: { kind: 'sign-in', prompt: 'login' },
      canRetry: false,
    });
  });

  test('names the service that the user is not assigned to, and offers no retry', () => {
    const notAssigned = problem(403, 'not_assigned', 'An administrator can assign you.');
    expect(describeProblem(notAssigned, { ...leave, unaffected: undefined })).toMatchObject({
      title: 'Your organization has not assigned you to the downstream API',
      detail: 'An administrator can assign you.',
      challenge: null,
      canRetry: false,
    });
  });

  test('keeps the code, its page and the correlation ID as the reference', () => {
    const linked = { ...problem(500, 'internal_error'), type: '/problems/internal_error' };
    expect(describeProblem(linked).reference).toEqual({
      code: 'internal_error',
      url: '/problems/internal_error',
      correlationId: 'id',
    });
  });
});

describe('describeFailure', () => {
  test('describes a problem, an expired session, and anything else', () => {
    expect(describeFailure(new ApiProblem(problem(500, 'internal_error'))).title).toBe(
      'Title of the problem',
    );
    expect(describeFailure(new SignInRequired()).challenge).toEqual({ kind: 'sign-in' });
    expect(describeFailure(new Error('other'))).toMatchObject({ challenge: null, canRetry: true });
  });
});
