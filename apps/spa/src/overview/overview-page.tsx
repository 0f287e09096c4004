import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../app/error-boundary.tsx';
import { useConfiguration } from '../configuration/configuration.ts';
import { LeaveSection } from '../leave/leave-section.tsx';
import { LinkButton } from '../page/link-button.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { ChainStrip } from './chain-strip.tsx';
import { hopsOf } from './hops.ts';
import styles from './overview-page.module.css';
import { ProfileSection } from './profile-section.tsx';
import { useOverview } from './use-overview.ts';

// Nothing on this page waits for it, and it waits for the overview.
const CalendarHint = lazy(() => import('../calendar/calendar-hint.tsx'));

/** Shows both sources on one page, each with its own state. */
export function OverviewPage() {
  const { data, error, request, isFetching, refetch } = useOverview();
  const retry = { onRetry: () => void refetch(), retrying: isFetching };
  const { calendar } = useConfiguration();
  const [, graph, downstream] = hopsOf(data?.request ?? null);
  return (
    <Page
      title="Overview"
      action={
        <LinkButton to={paths.requestLeave} appearance="primary">
          Request leave
        </LinkButton>
      }
    >
      <div className={styles.hint}>
        {calendar && data && (
          <ErrorBoundary fallback={null}>
            <Suspense>
              <CalendarHint />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
      {(request || !error) && <ChainStrip hops={hopsOf(isFetching ? null : request)} />}
      {error && <FailureMessage failure={describeFailure(error)} {...retry} />}
      {(data || !error) && (
        <div className={styles.sections}>
          <ProfileSection
            section={data?.overview.profile}
            hop={graph}
            unaffected={data?.overview.leave.state === 'ok' ? 'leave' : undefined}
            {...retry}
          />
          <LeaveSection
            section={data?.overview.leave}
            hop={downstream}
            unaffected={data?.overview.profile.state === 'ok' ? 'profile' : undefined}
            {...retry}
          />
        </div>
      )}
    </Page>
  );
}
