import { InteractionRequiredAuthError, ServerError } from '@azure/msal-browser';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { account, configuration, createFakeClient, createResult } from '../../testing/fake-client.ts';
import { storeInterruptedAction } from './interrupted-action.ts';
import { resumeSignIn } from './resume-sign-in.ts';

const expired = () => Promise.reject(new InteractionRequiredAuthError('login_required', ''));

beforeEach(() => sessionStorage.clear());

describe('a page load with a signed-in user', () => {
  test('makes the account of the redirect the active one, and resumes what the user was doing', async () => {
    storeInterruptedAction(account.homeAccountId, { kind: 'cancel-leave' });
    const setActiveAccount = vi.fn();
    const client = createFakeClient({
      handleRedirectPromise: async () => createResult('token'),
      setActiveAccount,
    });
    expect(await resumeSignIn(client, configuration)).toEqual({
      notice: null,
      interrupted: { action: { kind: 'cancel-leave' }, confirmed: true },
    });
    expect(setActiveAccount).toHaveBeenCalledWith(account);
  });

  test('redirects to sign in again if tokens cannot be renewed silently', async () => {
    const acquireTokenRedirect = vi.fn(async () => undefined);
    const client = createFakeClient({ acquireTokenSilent: expired, acquireTokenRedirect });
    await resumeSignIn(client, configuration);
    expect(acquireTokenRedirect).toHaveBeenCalledWith({ scopes: ['api://middle-tier/.default'], account });
  });

  test('does not redirect right after a redirect that failed, and tells the user how it failed', async () => {
    const acquireTokenRedirect = vi.fn(async () => undefined);
    const client = createFakeClient({
      handleRedirectPromise: () =>
        Promise.reject(new ServerError('access_denied', '', '', undefined, '65004')),
      acquireTokenSilent: expired,
      acquireTokenRedirect,
    });
    storeInterruptedAction(account.homeAccountId, { kind: 'cancel-leave' });
    expect(await resumeSignIn(client, configuration)).toMatchObject({
      notice: { title: 'You did not give your consent', reference: { code: 'AADSTS65004' } },
      interrupted: { confirmed: false },
    });
    expect(acquireTokenRedirect).not.toHaveBeenCalled();
  });

  test('does not redirect a user who came by the Back button', async () => {
    const acquireTokenRedirect = vi.fn(async () => undefined);
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([
      Object.assign(performance.mark('navigation'), { type: 'back_forward' }),
    ]);
    await resumeSignIn(
      createFakeClient({ acquireTokenSilent: expired, acquireTokenRedirect }),
      configuration,
    );
    expect(acquireTokenRedirect).not.toHaveBeenCalled();
  });

  test('does not redirect if the identity provider cannot be reached', async () => {
    const acquireTokenRedirect = vi.fn(async () => undefined);
    const client = createFakeClient({
      acquireTokenSilent: () => Promise.reject(new TypeError('Failed to fetch')),
      acquireTokenRedirect,
    });
    expect(await resumeSignIn(client, configuration)).toEqual({ notice: null, interrupted: null });
    expect(acquireTokenRedirect).not.toHaveBeenCalled();
  });
});

test('a page load after sign-out says so, and removes the response that MSAL keeps', async () => {
  const clearCache = vi.fn(async () => undefined);
  const client = createFakeClient({ getAllAccounts: () => [], getActiveAccount: () => null, clearCache });
  expect(await resumeSignIn(client, configuration)).toEqual({ notice: null, interrupted: null });
  expect(clearCache).not.toHaveBeenCalled();
  sessionStorage.setItem('signed-out', 'Your tokens were removed from this browser tab.');
  expect(await resumeSignIn(client, configuration)).toMatchObject({
    notice: { intent: 'info', title: 'You are signed out' },
  });
  expect(clearCache).toHaveBeenCalledOnce();
  expect(await resumeSignIn(client, configuration)).toEqual({ notice: null, interrupted: null });
});
