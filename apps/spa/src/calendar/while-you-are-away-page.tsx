import { Skeleton, SkeletonItem } from '@fluentui/react-components';
import { useRef } from 'react';
import { useAnnounce } from '../page/announcements.tsx';
import { LinkButton } from '../page/link-button.tsx';
import list from '../page/list.module.css';
import { Message } from '../page/message.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { useInterruptedAction } from '../sign-in/interrupted-action.ts';
import { useConsentOutcome, whyNotGranted } from './consent-outcome.ts';
import { useLongRunningSessions } from './long-running-sessions.ts';
import { interruptedRenewalSchema, SessionItem } from './session-item.tsx';
import styles from './while-you-are-away-page.module.css';

/** Shows what the app does on behalf of the user while they are away, and lets them stop it. */
export default function WhileYouAreAwayPage() {
  const { data: sessions, error, isPending, isFetching, refetch } = useLongRunningSessions();
  const announce = useAnnounce();
  const resumed = useInterruptedAction(interruptedRenewalSchema);
  const consent = useConsentOutcome();
  const confirmed = resumed !== null && (resumed.confirmed || consent === 'granted');
  const lead = useRef<HTMLParagraphElement>(null);

  function tell(text: string) {
    announce({ text, path: paths.whileYouAreAway });
    // The button that had the focus is gone.
    lead.current?.focus();
  }

  return (
    <Page title="What runs for you while you're away">
      <p ref={lead} tabIndex={-1} className={styles.lead}>
        With your permission, the app acts on your behalf when you are not here. You see all of it on this
        page, and can stop it at any time.
      </p>
      {consent !== null && consent !== 'granted' && (
        <div className={styles.notice}>
          <Message
            intent="info"
            title="The app cannot continue"
            detail={`${whyNotGranted[consent]}, so nothing is added to your calendar.`}
          />
        </div>
      )}
      {isPending && (
        <Skeleton aria-label="Loading what runs for you">
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
      {sessions?.length === 0 && (
        <>
          <p className={list.none}>
            Nothing runs for you. When you request leave, you can have it added to your calendar once it is
            approved.
          </p>
          <LinkButton to={paths.requestLeave}>Request leave</LinkButton>
        </>
      )}
      {sessions && sessions.length > 0 && (
        <ul className={list.list}>
          {sessions.map((session) => (
            <SessionItem
              key={session.id}
              session={session}
              confirmed={confirmed && resumed.action.sessionId === session.id}
              onRenewed={() => tell('The app continues. Your calendar will soon be up to date.')}
              onEnded={() => tell('Stopped. The app no longer acts on your behalf while you are away.')}
            />
          ))}
        </ul>
      )}
    </Page>
  );
}
