import { Button } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { cancelLeaveMutation } from '../middle-tier/cancel-leave.ts';
import { overviewQuery } from '../middle-tier/get-overview.ts';
import type { LeaveRequest } from '../middle-tier/leave.ts';
import { useAnnounce } from '../page/announcements.tsx';
import { ModalDialog } from '../page/modal-dialog.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import styles from './cancel-leave-dialog.module.css';
import type { InterruptedLeave } from './interrupted-leave.ts';
import { formatDays, formatPeriod } from './plain-date.ts';

interface CancelLeaveDialogProps {
  request: LeaveRequest;
  /** The person confirmed already, before the identity provider wanted them. */
  confirmed: boolean;
  onClose: () => void;
  onCancelled: () => void;
}

/** Asks once more, then cancels. */
export function CancelLeaveDialog({ request, confirmed, onClose, onCancelled }: CancelLeaveDialogProps) {
  const period = formatPeriod(request.startDate, request.endDate);
  const queryClient = useQueryClient();
  const announce = useAnnounce();

  const cancel = useMutation({
    ...cancelLeaveMutation,
    onSuccess: async () => {
      await queryClient.invalidateQueries(overviewQuery);
      announce(`Leave cancelled: ${period}.`, paths.overview);
      onCancelled();
    },
  });

  const started = useRef(false);
  useEffect(() => {
    if (!confirmed || started.current) return;
    started.current = true;
    cancel.mutate(request);
  }, [confirmed, cancel, request]);

  function dismiss() {
    if (!cancel.isPending) onClose();
  }

  const failure = cancel.error && describeFailure(cancel.error);
  const action: InterruptedLeave = { kind: 'cancel-leave', requestId: request.id };

  return (
    <ModalDialog title="Cancel this leave?" onDismiss={dismiss}>
      <p className={styles.text}>
        <strong>{period}</strong>, {formatDays(request.days)}. The days go back to your balance.
      </p>
      {failure && <FailureMessage failure={failure} action={action} />}
      <div className={styles.actions}>
        <Button onClick={dismiss} disabledFocusable={cancel.isPending}>
          Keep it
        </Button>
        <Button
          appearance={failure?.challenge ? 'secondary' : 'primary'}
          disabledFocusable={cancel.isPending}
          onClick={() => cancel.mutate(request)}
        >
          {cancel.isPending ? 'Cancelling…' : 'Cancel the leave'}
        </Button>
      </div>
    </ModalDialog>
  );
}
