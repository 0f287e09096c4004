import { expect, test } from 'vitest';
import { challengeOf } from './problem.ts';

const problem = { title: 'Title', status: 401 };

test.each([
  [
    { code: 'consent_required', scopes: ['api://middle-tier/.default'] },
    { kind: 'consent', scopes: ['api://middle-tier/.default'] },
  ],
  [
    { code: 'insufficient_claims', claims: 'e30=' },
    { kind: 'claims', claims: 'e30=' },
  ],
  [{ code: 'invalid_token' }, { kind: 'sign-in', prompt: 'login' }],
  [{ code: 'missing_token' }, { kind: 'sign-in' }],
  [{ code: 'consent_required' }, null],
  [{ code: 'insufficient_claims' }, null],
  [{ code: 'internal_error', claims: 'e30=', scopes: ['x'] }, null],
])('maps %o to the challenge %o', (members, challenge) => {
  expect(challengeOf({ ...problem, ...members })).toEqual(challenge);
});
