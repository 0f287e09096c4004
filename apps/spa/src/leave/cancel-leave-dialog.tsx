import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import type { z } from '../configuration/zod.ts';
import { useAnnounce } from '../page/announcements.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import type { interruptedCancellationSchema, LeaveRequest } from './leave.ts';
import { useCancelLeave } from './leave-requests.ts';
import { formatDays, formatPeriod } from './plain-date.ts';

interface CancelLeaveDialogProps {
  request: LeaveRequest;
  /** The user confirmed before a challenge interrupted the cancellation: it starts at once. */
  confirmed: boolean;
  open: boolean;
  onClose: () => void;
  onCanceled: () => void;
}

export default function CancelLeaveDialog({
  request,
  confirmed,
  open,
  onClose,
  onCanceled,
}: CancelLeaveDialogProps) {
  const period = formatPeriod(request.startDate, request.endDate);
  const announce = useAnnounce();
  const {
    mutate: cancel,
    isPending,
    error,
  } = useCancelLeave(() => {
    announce({ text: `Leave canceled: ${period}.`, path: paths.overview });
    onCanceled();
  });

  const started = useRef(false);
  useEffect(() => {
    if (!confirmed || started.current) return;
    started.current = true;
    cancel(request);
  }, [confirmed, cancel, request]);

  function dismiss() {
    if (!isPending) onClose();
  }

  const failure = error && describeFailure(error);
  const action: z.output<typeof interruptedCancellationSchema> = {
    kind: 'cancel-leave',
    requestId: request.id,
  };

  return (
    <Dialog open={open} modalType="alert" onOpenChange={dismiss}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Cancel this leave?</DialogTitle>
          <DialogContent>
            <p>
              <strong>{period}</strong>, {formatDays(request.days)}. The days go back to your balance.
            </p>
            {failure && <FailureMessage failure={failure} action={action} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={dismiss} disabledFocusable={isPending}>
              Keep it
            </Button>
            <Button
              appearance={failure?.challenge ? 'secondary' : 'primary'}
              disabledFocusable={isPending}
              onClick={() => cancel(request)}
            >
              {isPending ? 'Canceling…' : 'Cancel the leave'}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
