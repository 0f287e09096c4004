import type { AccountInfo, AuthenticationResult, IPublicClientApplication } from '@azure/msal-browser';
import type { SpaConfiguration } from '../configuration/configuration-schema.ts';
import { acquireAccessToken, SignInRequired } from './access-token.ts';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { type InterruptedAction, takeInterruptedAction } from './interrupted-action.ts';
import { apiScopes } from './msal-client.ts';
import type { Notice } from './notice.ts';
import { takeSignedOut } from './sign-out.ts';
import { sessionKey, takeFromTab } from './tab-storage.ts';

/** How a page load continues a sign-in; who is signed in, MSAL knows. */
export interface ResumedSignIn {
  /** How the redirect that this page load returned from ended, unless it succeeded. */
  notice: Notice | null;
  interrupted: InterruptedAction | null;
}

/**
 * Processes the response of a redirect, if the page loads after one. Whoever returns is the tab's user from then on, and
 * the tokens and data of every other user are removed. If the tokens of a returning user cannot be renewed silently,
 * redirects to sign in again; never right after a redirect or by the Back button, so that the user is not trapped in a loop.
 */
export async function resumeSignIn(
  client: IPublicClientApplication,
  configuration: SpaConfiguration,
): Promise<ResumedSignIn> {
  const { returned, result, notice } = await handleRedirect(client);
  const signedOut = takeSignedOut();
  if (signedOut && result === null) {
    // MSAL keeps the response of a sign-out, and would take it for the response of the next sign-in.
    await client.clearCache();
    return { notice: notice ?? signedOut, interrupted: null };
  }
  const account = result?.account ?? client.getActiveAccount() ?? client.getAllAccounts()[0];
  if (!account) return { notice, interrupted: null };
  client.setActiveAccount(account);
  for (const other of client.getAllAccounts()) {
    if (other.homeAccountId === account.homeAccountId) continue;
    await client.clearCache({ account: other });
    takeFromTab(sessionKey(other.homeAccountId));
  }
  const action = takeInterruptedAction(account.homeAccountId);
  const interrupted = action === null ? null : { action, confirmed: result !== null };
  // With an interrupted action, the user comes back from a page that the app sent them to.
  if (returned || action !== null || cameByBackButton()) return { notice, interrupted };
  return { notice: await signInAgainIfRequired(client, account, apiScopes(configuration)), interrupted };
}

async function handleRedirect(
  client: IPublicClientApplication,
): Promise<{ returned: boolean; result: AuthenticationResult | null; notice: Notice | null }> {
  try {
    const result = await client.handleRedirectPromise();
    return { returned: result !== null, result, notice: null };
  } catch (error) {
    return { returned: true, result: null, notice: describeSignInFailure(error) };
  }
}

/** Returns how the redirect failed; if it succeeds, the page is replaced. */
async function signInAgainIfRequired(
  client: IPublicClientApplication,
  account: AccountInfo,
  scopes: string[],
): Promise<Notice | null> {
  try {
    await acquireAccessToken(client, scopes);
    return null;
  } catch (error) {
    // Anything else is reported by the call that needs the token.
    if (!(error instanceof SignInRequired)) return null;
  }
  return client.acquireTokenRedirect({ scopes, account }).then(() => null, describeSignInFailure);
}

function cameByBackButton(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation !== undefined && 'type' in navigation && navigation.type === 'back_forward';
}
