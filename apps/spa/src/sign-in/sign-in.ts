import { AuthError } from '@azure/msal-browser';
import { getClient } from './client-application.ts';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { expectNoSession, expectSession } from './expected-session.ts';
import type { Notice } from './notice.ts';

/**
 * Leaves for the identity provider, which comes back to the page the person is on.
 *
 * @returns What to tell the person if the browser did not leave; `null` if there is nothing to tell.
 */
export async function signIn(): Promise<Notice | null> {
  try {
    const { application, scopes } = await getClient();
    expectSession('signing-in');
    await application.loginRedirect({ scopes });
    return null;
  } catch (error) {
    if (isLeavingAlready(error)) return null;
    expectNoSession();
    return describeSignInFailure(error);
  }
}

/** A second click, or a second caller: the first one's navigation is under way. */
export function isLeavingAlready(error: unknown): boolean {
  return error instanceof AuthError && error.errorCode === 'interaction_in_progress';
}
