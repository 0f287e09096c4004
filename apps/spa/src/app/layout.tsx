import { useAccount } from '@azure/msal-react';
import { Button } from '@fluentui/react-components';
import { Suspense } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { useConfiguration } from '../configuration/configuration.ts';
import { AnnouncementsProvider, LatestAnnouncement } from '../page/announcements.tsx';
import { Brand } from '../page/brand.tsx';
import { Message } from '../page/message.tsx';
import { Page, PageFocusProvider } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { useNotice } from '../sign-in/notice.ts';
import { useSignOut } from '../sign-in/sign-out.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './layout.module.css';

const pages = [
  { to: paths.overview, label: 'Overview' },
  { to: paths.team, label: 'Team' },
  { to: paths.whileYouAreAway, label: 'While away' },
  { to: paths.howItWorks, label: 'How it works' },
];

/** Surrounds every page of the signed-in app. */
export function Layout() {
  const account = useAccount();
  const signOut = useSignOut();
  const { calendar } = useConfiguration();
  const shown = calendar ? pages : pages.filter(({ to }) => to !== paths.whileYouAreAway);
  const { pathname } = useLocation();
  return (
    <PageFocusProvider>
      <AnnouncementsProvider>
        <a className={styles.skip} href="#content">
          Skip to content
        </a>
        <header className={styles.top}>
          <div className={styles.header}>
            <Link to={paths.overview} className={styles.brand}>
              <Brand />
            </Link>
            <nav aria-label="Main" className={styles.nav}>
              {shown.map(({ to, label }) => (
                <NavLink key={to} to={to} end>
                  {label}
                </NavLink>
              ))}
            </nav>
            <div className={styles.account}>
              <span className={styles.name} title={account?.username}>
                {account?.name ?? account?.username}
              </span>
              <Button onClick={() => void signOut()} className={styles.signOut}>
                Sign out
              </Button>
            </div>
          </div>
        </header>
        <main id="content" className={styles.main} tabIndex={-1}>
          <SignInNotice />
          <LatestAnnouncement />
          <ErrorBoundary key={pathname} fallback={<BrokenPage />}>
            <Suspense fallback={<p role="status">Loading the page…</p>}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </AnnouncementsProvider>
    </PageFocusProvider>
  );
}

/** Tells how a redirect failed that the user returned from signed in, until the user dismisses it. */
function SignInNotice() {
  const { notice, setNotice } = useNotice();
  if (notice === null) return null;
  const { intent, ...message } = notice;
  return (
    <div className={styles.notice}>
      <Message intent={intent === 'info' ? 'info' : 'warning'} {...message}>
        <Button onClick={() => setNotice(null)}>Dismiss</Button>
      </Message>
    </div>
  );
}

/** Replaces a page that failed to load or render; the rest of the app stays usable. */
function BrokenPage() {
  return (
    <Page title="This page could not be shown">
      <p role="alert">
        The app ran into an error, is offline, or was updated. Reload to continue. The other pages still work.
      </p>
      <Button onClick={() => window.location.reload()}>Reload</Button>
    </Page>
  );
}
