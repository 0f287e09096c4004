import { getClient } from './client-application.ts';
import { expectSession } from './expected-session.ts';
import { tellOtherTabs } from './other-tabs.ts';

/**
 * Forgets the person's tokens, tells the other tabs, and leaves for the identity provider to end its session.
 * Take the person's data off the page first: the browser may keep the page for its Back button.
 */
export async function signOut(): Promise<void> {
  const { application } = await getClient();
  const account = application.getActiveAccount();
  expectSession('signing-out');
  if (account) tellOtherTabs(account.homeAccountId);
  await application.logoutRedirect({ account });
}
