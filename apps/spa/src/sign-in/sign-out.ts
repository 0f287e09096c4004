import { useMsal } from '@azure/msal-react';
import { useEffect } from 'react';
import { z } from '../configuration/zod.ts';
import { type Notice, useNotice } from './notice.ts';
import { sessionKey, storeInTab, takeFromTab } from './tab-storage.ts';

// Each tab keeps its own tokens, in its session storage. Signing out in one tab must remove them from all.
const channelName = 'signed-out';
const messageSchema = z.object({ homeAccountId: z.string() });

const signedOutKey = 'signed-out';

/**
 * Returns a function that removes the user's tokens, notifies the app's other tabs, and redirects to the identity
 * provider to end the session there.
 */
export function useSignOut(): () => Promise<void> {
  const { instance } = useMsal();
  const { setNotice } = useNotice();
  return async () => {
    const account = instance.getActiveAccount();
    if (account) {
      takeFromTab(sessionKey(account.homeAccountId));
      const channel = new BroadcastChannel(channelName);
      channel.postMessage({ homeAccountId: account.homeAccountId });
      channel.close();
    }
    storeInTab(
      signedOutKey,
      import.meta.env.VITE_TOKENS === 'server'
        ? 'Your tokens were removed from the server.'
        : 'Your tokens were removed from this browser tab.',
    );
    try {
      await instance.logoutRedirect({ account });
    } catch {
      takeSignedOut();
      setNotice({
        intent: 'error',
        ...(import.meta.env.VITE_TOKENS === 'server'
          ? {
              title: 'You are not signed out',
              detail: 'The server could not be reached. Try again, or close the browser to end your session.',
            }
          : {
              title: 'You are signed out here only',
              detail:
                'Your tokens were removed from this tab, but the identity provider could not be reached. Close the browser to end your session there.',
            }),
      });
    }
  };
}

/** Returns what to tell a user who has just signed out, once; `null` for every other visitor. */
export function takeSignedOut(): Notice | null {
  const detail = takeFromTab(signedOutKey);
  return detail === null ? null : { intent: 'info', title: 'You are signed out', detail };
}

/**
 * Removes the user's tokens and data from this tab when the user signs out in another one, or returns to a page that shows
 * another user's data.
 */
export function useSignedOutElsewhere(): void {
  const { instance } = useMsal();
  useEffect(() => {
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = async ({ data }: MessageEvent<unknown>) => {
      const message = messageSchema.safeParse(data);
      const account = instance.getActiveAccount();
      if (!message.success || message.data.homeAccountId !== account?.homeAccountId) return;
      await instance.clearCache();
      takeFromTab(sessionKey(account.homeAccountId));
      storeInTab(signedOutKey, 'You signed out in another tab.');
      // Loads the start page anew, so that nothing stays in memory either.
      window.location.replace('/');
    };
    const shown = instance.getActiveAccount()?.homeAccountId;
    // A page that the Back button restores from the browser's memory shows what it showed before, also another user's data.
    function onPageShow({ persisted }: PageTransitionEvent) {
      if (persisted && instance.getActiveAccount()?.homeAccountId !== shown) window.location.reload();
    }
    window.addEventListener('pageshow', onPageShow);
    return () => {
      channel.close();
      window.removeEventListener('pageshow', onPageShow);
    };
  }, [instance]);
}
