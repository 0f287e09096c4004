import { AuthError, BrowserAuthError, BrowserConfigurationAuthError, ServerError } from '@azure/msal-browser';
import { expect, test } from 'vitest';
import { describeSignInFailure } from './describe-sign-in-failure.ts';

test.each([
  [new BrowserAuthError('network_error', ''), 'The identity provider did not respond'],
  [new ServerError('access_denied', '', '', undefined, '65004'), 'You did not give your consent'],
  [new ServerError('access_denied', ''), 'You canceled'],
  [new ServerError('access_denied', '', '', undefined, '50105'), 'Sign-in was rejected'],
  [new ServerError('invalid_request', '', '', undefined, '90014'), 'Sign-in did not finish'],
  [new TypeError('Failed to fetch'), 'Sign-in could not start'],
  [new BrowserConfigurationAuthError('in_mem_redirect_unavailable', ''), 'Your browser blocks site data'],
  [new BrowserConfigurationAuthError('storage_not_supported', ''), 'Your browser blocks site data'],
  [new AuthError('cache_quota_exceeded', ''), 'Your browser blocks site data'],
  [new DOMException('Access is denied', 'SecurityError'), 'Your browser blocks site data'],
  [new DOMException('Quota exceeded', 'QuotaExceededError'), 'Your browser blocks site data'],
])('describes %s', (error, title) => {
  expect(describeSignInFailure(error)?.title).toBe(title);
});

test.each(['user_cancelled', 'interaction_in_progress'])('says nothing about %s', (code) => {
  expect(describeSignInFailure(new BrowserAuthError(code, ''))).toBeNull();
});
