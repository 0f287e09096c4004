import { type AccountInfo, InteractionRequiredAuthError, ServerError } from '@azure/msal-browser';
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

  test('does not redirect a user who comes back from another page that the app opened, and keeps what they were doing', async () => {
    const acquireTokenRedirect = vi.fn(async () => undefined);
    storeInterruptedAction(account.homeAccountId, { kind: 'request-leave' });
    const client = createFakeClient({ acquireTokenSilent: expired, acquireTokenRedirect });
    expect(await resumeSignIn(client, configuration)).toEqual({
      notice: null,
      interrupted: { action: { kind: 'request-leave' }, confirmed: false },
    });
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

describe('one user per tab', () => {
  const another: AccountInfo = {
    ...account,
    homeAccountId: 'another.tid',
    username: 'lukasz@contoso.example',
  };
  const accepted = async () => createResult('token');
  const rejected = () => Promise.reject(new ServerError('access_denied', '', '', undefined, '65004'));

  test.each([
    { event: 'the same user returns', handleRedirectPromise: accepted, active: account, removed: [another] },
    { event: 'another user returns', handleRedirectPromise: accepted, active: another, removed: [another] },
    { event: 'no user was active', handleRedirectPromise: accepted, active: null, removed: [another] },
    {
      event: 'the other user did not finish',
      handleRedirectPromise: rejected,
      active: account,
      removed: [another],
    },
    {
      event: 'the page is reloaded',
      handleRedirectPromise: async () => null,
      active: another,
      removed: [account],
    },
  ])(
    'only the tokens of the current user stay: $event',
    async ({ handleRedirectPromise, active, removed }) => {
      const setActiveAccount = vi.fn();
      const clearCache = vi.fn(async () => undefined);
      const client = createFakeClient({
        handleRedirectPromise,
        getActiveAccount: () => active,
        getAllAccounts: () => [account, another],
        setActiveAccount,
        clearCache,
      });
      await resumeSignIn(client, configuration);
      const current = removed.includes(another) ? account : another;
      expect(setActiveAccount.mock.calls).toEqual([[current]]);
      expect(clearCache.mock.calls).toEqual(removed.map((other) => [{ account: other }]));
    },
  );

  test('what one user was doing is not repeated as another', async () => {
    storeInterruptedAction(another.homeAccountId, { kind: 'cancel-leave' });
    const client = createFakeClient({ handleRedirectPromise: accepted });
    expect(await resumeSignIn(client, configuration)).toEqual({ notice: null, interrupted: null });
    expect(sessionStorage.length).toBe(0);
  });

  test('sign-out ends on the landing page, whoever else signed in before', async () => {
    sessionStorage.setItem('signed-out', 'Your tokens were removed from this browser tab.');
    const setActiveAccount = vi.fn();
    const clearCache = vi.fn(async () => undefined);
    const client = createFakeClient({ getActiveAccount: () => null, setActiveAccount, clearCache });
    expect(await resumeSignIn(client, configuration)).toMatchObject({
      notice: { title: 'You are signed out' },
      interrupted: null,
    });
    expect(setActiveAccount).not.toHaveBeenCalled();
    expect(clearCache.mock.calls).toEqual([[]]);
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
