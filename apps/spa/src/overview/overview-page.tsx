import { LeaveSection } from '../leave/leave-section.tsx';
import { LinkButton } from '../page/link-button.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import styles from './overview-page.module.css';
import { ProfileSection } from './profile-section.tsx';
import { useOverview } from './use-overview.ts';

/** Shows both sources on one page, each with its own state. */
export function OverviewPage() {
  const { data, error, isFetching, refetch } = useOverview();
  const retry = { onRetry: () => void refetch(), retrying: isFetching };
  return (
    <Page
      title="Overview"
      action={
        <LinkButton to={paths.requestLeave} appearance="primary">
          Request leave
        </LinkButton>
      }
    >
      {error && <FailureMessage failure={describeFailure(error)} {...retry} />}
      {(data || !error) && (
        <div className={styles.sections}>
          <ProfileSection section={data?.overview.profile} {...retry} />
          <LeaveSection section={data?.overview.leave} {...retry} />
        </div>
      )}
    </Page>
  );
}
