import { Button, Skeleton, SkeletonItem } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import { formatPeriod } from '../leave/plain-date.ts';
import { useAnnounce } from '../page/announcements.tsx';
import list from '../page/list.module.css';
import { Message } from '../page/message.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure, type Failure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { useInterruptedAction } from '../sign-in/interrupted-action.ts';
import { type Decision, interruptedDecisionSchema, type TeamRequest } from './team.ts';
import styles from './team-page.module.css';
import { TeamRequestItem } from './team-request-item.tsx';
import { useRefreshTeam, useTeam } from './team-requests.ts';

/** Shows the leave requests that wait for the user, who decides on them here. */
export default function TeamPage() {
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useTeam();
  const refresh = useRefreshTeam();
  const announce = useAnnounce();
  const resumed = useInterruptedAction(interruptedDecisionSchema);
  const [done, setDone] = useState(false);
  const [gone, setGone] = useState<Failure | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  const requests = data?.pages.flatMap((page) => page.requests) ?? [];
  const interrupted = resumed && !done ? resumed.action.decision : null;
  const found = requests.some(({ id }) => id === interrupted?.requestId);
  const search = interrupted !== null && !found && hasNextPage && !isFetching;
  useEffect(() => {
    if (search) void fetchNextPage();
  }, [search, fetchNextPage]);

  function onDecided({ requester, startDate, endDate }: TeamRequest, verdict: Decision['verdict']) {
    const period = formatPeriod(startDate, endDate);
    const of = requester.name === null ? '' : ` of ${requester.name}`;
    setDone(true);
    setGone(null);
    announce({
      text: `Leave${of} ${verdict === 'approval' ? 'approved' : 'rejected'}: ${period}.`,
      path: paths.team,
    });
    heading.current?.focus();
    void refresh();
  }

  function onGone(failure: Failure) {
    setDone(true);
    setGone(failure);
    void refresh();
  }

  const isMissing =
    interrupted !== null && data !== undefined && !found && !hasNextPage && !isFetching && !gone;

  return (
    <Page title="Team">
      {gone && (
        <Message intent="warning" title={gone.title} detail={gone.detail} reference={gone.reference}>
          <Button onClick={() => setGone(null)}>Dismiss</Button>
        </Message>
      )}
      {isMissing && (
        <Message
          intent="info"
          title="Nothing was sent"
          detail="The request that you were deciding on no longer waits for you."
        >
          <Button onClick={() => setDone(true)}>Dismiss</Button>
        </Message>
      )}
      <h2 ref={heading} tabIndex={-1} className={styles.heading}>
        Leave that waits for you
      </h2>
      {isPending && (
        <Skeleton aria-label="Loading the requests" className={styles.skeleton}>
          <SkeletonItem size={48} />
          <SkeletonItem size={96} />
        </Skeleton>
      )}
      {error && (
        <FailureMessage
          failure={describeFailure(error)}
          onRetry={() => void refetch()}
          retrying={isFetching}
        />
      )}
      {data && requests.length === 0 && <p className={list.none}>No leave requests wait for you.</p>}
      {requests.length > 0 && (
        <ul className={list.list}>
          {requests.map((request) => (
            <TeamRequestItem
              key={request.id}
              request={request}
              resumed={
                request.id === interrupted?.requestId && resumed
                  ? { decision: interrupted, confirmed: resumed.confirmed }
                  : null
              }
              onDecided={onDecided}
              onGone={onGone}
            />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button disabledFocusable={isFetching} onClick={() => void fetchNextPage()}>
          {isFetching ? 'Loading…' : 'Show more'}
        </Button>
      )}
    </Page>
  );
}
