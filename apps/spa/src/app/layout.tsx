import { Button, Spinner } from '@fluentui/react-components';
import { Suspense } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { Brand } from '../landing/brand.tsx';
import { AnnouncementsProvider, LatestAnnouncement } from '../page/announcements.tsx';
import { PageFocusProvider } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { useSession } from '../sign-in/session-context.ts';
import styles from './layout.module.css';
import { LoadingFailed } from './loading-failed.tsx';
import { SignInNotice } from './sign-in-notice.tsx';

const pages = [
  { to: paths.overview, label: 'Overview' },
  { to: paths.requestLeave, label: 'Request leave' },
  { to: paths.whatHappened, label: 'How it works' },
];

/** What every signed-in page has around it. */
export function Layout({ onSignOut }: { onSignOut: () => void }) {
  const { account } = useSession();
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
              {pages.map(({ to, label }) => (
                <NavLink key={to} to={to} end>
                  {label}
                </NavLink>
              ))}
            </nav>
            <div className={styles.account}>
              <span className={styles.name} title={account.username}>
                {account.name ?? account.username}
              </span>
              <Button onClick={onSignOut} className={styles.signOut}>
                Sign out
              </Button>
            </div>
          </div>
        </header>
        <main id="content" className={styles.main} tabIndex={-1}>
          <SignInNotice />
          <LatestAnnouncement />
          <LoadingFailed key={pathname}>
            <Suspense fallback={<Spinner label="Loading the page" />}>
              <Outlet />
            </Suspense>
          </LoadingFailed>
        </main>
      </AnnouncementsProvider>
    </PageFocusProvider>
  );
}
