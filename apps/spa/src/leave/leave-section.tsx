import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Leave, LeaveRequest } from '../middle-tier/leave.ts';
import type { Section } from '../middle-tier/overview.ts';
import { SectionCard } from '../page/section-card.tsx';
import { Skeleton } from '../page/skeleton.tsx';
import { useSession } from '../sign-in/session-context.ts';
import { CancelLeaveDialog } from './cancel-leave-dialog.tsx';
import { readInterruptedLeave } from './interrupted-leave.ts';
import { LeaveBalance } from './leave-balance.tsx';
import { LeaveRequestItem } from './leave-request-item.tsx';
import styles from './leave-section.module.css';

interface LeaveSectionProps {
  section: Section<Leave> | undefined;
  onRetry: () => void;
  retrying: boolean;
}

/** The person's leave, as the downstream API keeps it. */
export function LeaveSection(props: LeaveSectionProps) {
  return (
    <SectionCard
      title="Leave"
      source="the leave API"
      skeleton={<Skeleton lines={['100%', '100%', '50%', '80%', '65%']} />}
      {...props}
    >
      {({ balance, requests }) => (
        <>
          <LeaveBalance balance={balance} />
          <LeaveRequests requests={requests} />
        </>
      )}
    </SectionCard>
  );
}

function LeaveRequests({ requests }: { requests: readonly LeaveRequest[] }) {
  const { interrupted, forgetInterrupted } = useSession();
  const [resumed] = useState(() => readInterruptedLeave(interrupted, 'cancel-leave'));
  const [confirmed, setConfirmed] = useState(interrupted?.confirmed ?? false);
  const [cancelling, setCancelling] = useState(
    () => requests.find(({ id }) => confirmed && id === resumed?.requestId) ?? null,
  );
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (resumed) forgetInterrupted();
  }, [resumed, forgetInterrupted]);

  function ask(request: LeaveRequest) {
    setConfirmed(false);
    setCancelling(request);
  }

  return (
    <>
      <h3 ref={heading} tabIndex={-1} className={styles.heading}>
        Requests
      </h3>
      {requests.length === 0 ? (
        <p className={styles.none}>You have not requested any leave.</p>
      ) : (
        <ul className={styles.list}>
          {requests.map((request) => (
            <LeaveRequestItem key={request.id} request={request} onCancel={() => ask(request)} />
          ))}
        </ul>
      )}
      {cancelling && (
        <CancelLeaveDialog
          request={cancelling}
          confirmed={confirmed}
          onClose={() => setCancelling(null)}
          onCancelled={() => {
            flushSync(() => setCancelling(null));
            heading.current?.focus();
          }}
        />
      )}
    </>
  );
}
