import { Button } from '@fluentui/react-components';
import { Status } from '../page/status.tsx';
import type { LeaveRequest } from './leave.ts';
import styles from './leave-request-item.module.css';
import { formatDays, formatPeriod, today } from './plain-date.ts';

interface LeaveRequestItemProps {
  request: LeaveRequest;
  onCancel: () => void;
}

const labels = { pending: 'Pending', approved: 'Approved', rejected: 'Rejected' } as const;
const tones = { pending: 'neutral', approved: 'success', rejected: 'danger' } as const;

export function LeaveRequestItem({ request, onCancel }: LeaveRequestItemProps) {
  const { startDate, endDate, days, note, status, approver, decision } = request;
  const period = formatPeriod(startDate, endDate);
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <div className={styles.period}>
          <strong>{period}</strong> <Status tone={tones[status]}>{labels[status]}</Status>
        </div>
        <p className={styles.soft}>
          {formatDays(days)}
          {approver && ` · ${status === 'pending' ? 'awaiting approval' : status} by ${approver.name}`}
        </p>
        {note && <p className={styles.note}>{note}</p>}
        {approver && decision?.note && (
          <p className={styles.note}>
            {approver.name}: {decision.note}
          </p>
        )}
      </div>
      {startDate > today() && status !== 'rejected' && (
        <Button onClick={onCancel} aria-label={`Cancel leave ${period}`}>
          Cancel
        </Button>
      )}
    </li>
  );
}
