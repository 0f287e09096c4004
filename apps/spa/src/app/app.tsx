import { MsalProvider } from '@azure/msal-react';
import { FluentProvider, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { expectNoSession } from '../sign-in/expected-session.ts';
import type { Notice } from '../sign-in/notice.ts';
import type { Session } from '../sign-in/open-session.ts';
import { onSignedOutElsewhere } from '../sign-in/other-tabs.ts';
import { SessionContext } from '../sign-in/session-context.ts';
import { signOut } from '../sign-in/sign-out.ts';
import styles from './app.module.css';
import { AppRoutes } from './routes.tsx';
import { usePrefersDark } from './use-prefers-dark.ts';

interface AppProps {
  session: Session;
  /** Takes the person's data off the page, before the browser leaves. */
  onSigningOut: () => void;
  onSignedOut: (notice: Notice) => void;
}

/** The signed-in app: everything that every route has around it. */
export function App({ session, onSigningOut, onSignedOut }: AppProps) {
  const [queryClient] = useState(() => new QueryClient());
  const [interrupted, setInterrupted] = useState(session.interrupted);
  const liveSession = useMemo(
    () => ({ ...session, interrupted, forgetInterrupted: () => setInterrupted(null) }),
    [session, interrupted],
  );
  const theme = usePrefersDark() ? webDarkTheme : webLightTheme;
  const { application } = session.client;
  const { homeAccountId } = session.account;

  useEffect(
    () =>
      onSignedOutElsewhere(homeAccountId, () => {
        expectNoSession();
        void application.clearCache();
        onSignedOut({
          intent: 'info',
          title: 'You are signed out',
          detail: 'You signed out in another tab.',
        });
      }),
    [application, homeAccountId, onSignedOut],
  );

  useEffect(() => {
    // A page that the Back button takes out of the browser's memory shows what it showed then.
    function onPageShow({ persisted }: PageTransitionEvent) {
      if (persisted && application.getActiveAccount()?.homeAccountId !== homeAccountId)
        window.location.reload();
    }
    window.addEventListener('pageshow', onPageShow);
    return () => window.removeEventListener('pageshow', onPageShow);
  }, [application, homeAccountId]);

  function leave() {
    onSigningOut();
    signOut().catch(() =>
      onSignedOut({
        intent: 'error',
        title: 'You are signed out here only',
        detail:
          'Your tokens were removed from this tab, but the identity provider could not be reached. Close the browser to end your session there.',
      }),
    );
  }

  return (
    <MsalProvider instance={application}>
      <QueryClientProvider client={queryClient}>
        <FluentProvider theme={theme} className={styles.app}>
          <SessionContext value={liveSession}>
            <BrowserRouter>
              <AppRoutes onSignOut={leave} />
            </BrowserRouter>
          </SessionContext>
        </FluentProvider>
      </QueryClientProvider>
    </MsalProvider>
  );
}
