import { lazy, Suspense, useRef, useState } from 'react';
import { SectionCard, type SectionProps } from '../overview/section-card.tsx';
import { useInterruptedAction } from '../sign-in/interrupted-action.ts';
import { interruptedCancellationSchema, type Leave, type LeaveRequest } from './leave.ts';
import { LeaveBalance } from './leave-balance.tsx';
import { LeaveRequestItem } from './leave-request-item.tsx';
import styles from './leave-section.module.css';

const CancelLeaveDialog = lazy(() => import('./cancel-leave-dialog.tsx'));

/** Shows the user's leave, as the downstream API returns it. */
export function LeaveSection(props: SectionProps<Leave>) {
  return (
    <SectionCard title="Leave" source="the downstream API" {...props}>
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
  const resumed = useInterruptedAction(interruptedCancellationSchema);
  // Stays after the dialog has closed, as unmounting an open Dialog would leave the page behind it inert.
  const [dialog, setDialog] = useState(() => {
    const request = requests.find(({ id }) => resumed?.confirmed && id === resumed.action.requestId);
    return request && { request, confirmed: true, open: true };
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const trigger = useRef<Element>(null);

  function ask(request: LeaveRequest) {
    trigger.current = document.activeElement;
    setDialog({ request, confirmed: false, open: true });
  }

  function close(focusNext: Element | null) {
    setDialog((current) => current && { ...current, open: false });
    if (focusNext instanceof HTMLElement) focusNext.focus();
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
      {dialog && (
        <Suspense>
          <CancelLeaveDialog
            key={dialog.request.id}
            {...dialog}
            onClose={() => close(trigger.current)}
            onCanceled={() => close(heading.current)}
          />
        </Suspense>
      )}
    </>
  );
}
