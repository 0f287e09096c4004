import type { AccountInfo, AuthenticationResult } from '@azure/msal-browser';
import { isInteractionRequired } from './access-token.ts';
import { type Client, getClient } from './client-application.ts';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { expectedSession, expectNoSession, expectSession } from './expected-session.ts';
import { type InterruptedAction, takeInterruptedAction } from './interrupted-action.ts';
import type { Notice } from './notice.ts';

/** A signed-in person, on this page load. */
export interface Session {
  client: Client;
  account: AccountInfo;
  /** How a redirect that this page load returned from went wrong, if it did. */
  notice: Notice | null;
  interrupted: InterruptedAction | null;
}

export type OpenedSession =
  | { state: 'signed-in'; session: Session }
  | { state: 'signed-out'; notice: Notice | null }
  /** The browser is on its way to the identity provider. */
  | { state: 'leaving' };

const signedOutNotice: Notice = {
  intent: 'info',
  title: 'You are signed out',
  detail: 'Your tokens were removed from this browser tab.',
};

/**
 * Finds out who is signed in, when a page loads: takes the answer of a redirect that just returned, or the
 * account MSAL remembers. If that account's tokens cannot be renewed silently, leaves to sign in again; never
 * right after a redirect, so that it cannot turn in circles.
 */
export async function openSession(): Promise<OpenedSession> {
  const expected = expectedSession();
  let client: Client;
  try {
    client = await getClient();
  } catch (error) {
    return { state: 'signed-out', notice: describeSignInFailure(error) };
  }
  const { application } = client;
  const answer = await redirectAnswer(client);
  const account = answer.result?.account ?? application.getActiveAccount() ?? application.getAllAccounts()[0];
  if (!account) {
    expectNoSession();
    forgetRequests();
    if (answer.failed) return { state: 'signed-out', notice: describeSignInFailure(answer.error) };
    return { state: 'signed-out', notice: expected === 'signing-out' ? signedOutNotice : null };
  }
  application.setActiveAccount(account);
  expectSession('signed-in');
  let notice = answer.failed ? describeSignInFailure(answer.error) : null;
  const returned = answer.failed || answer.result !== null || cameByBackButton();
  if (!returned && (await mustSignInAgain(client))) {
    try {
      await application.acquireTokenRedirect({ scopes: client.scopes, account });
      return { state: 'leaving' };
    } catch (error) {
      notice = describeSignInFailure(error);
    }
  }
  const interrupted = takeInterruptedAction(account.homeAccountId, answer.result?.state);
  return { state: 'signed-in', session: { client, account, notice, interrupted } };
}

type RedirectAnswer =
  | { failed: false; result: AuthenticationResult | null }
  | { failed: true; error: unknown; result: null };

async function redirectAnswer({ application }: Client): Promise<RedirectAnswer> {
  try {
    return { failed: false, result: await application.handleRedirectPromise() };
  } catch (error) {
    return { failed: true, error, result: null };
  }
}

async function mustSignInAgain({ application, scopes }: Client): Promise<boolean> {
  try {
    await application.acquireTokenSilent({ scopes });
    return false;
  } catch (error) {
    return isInteractionRequired(error);
  }
}

/** The person went back from the identity provider: sending them there again would trap them. */
function cameByBackButton(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'back_forward';
}

/**
 * MSAL leaves the answer of a sign-out in the session storage. The next sign-in would take it for its own
 * answer if the person went back instead of signing in.
 */
function forgetRequests(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith('msal.')) sessionStorage.removeItem(key);
  }
}
