import { Badge, Button } from '@fluentui/react-components';
import type { LeaveRequest } from './leave.ts';
import styles from './leave-request-item.module.css';
import { formatDays, formatPeriod, today } from './plain-date.ts';

interface LeaveRequestItemProps {
  request: LeaveRequest;
  onCancel: () => void;
}

export function LeaveRequestItem({ request, onCancel }: LeaveRequestItemProps) {
  const { startDate, endDate, days, note, status, approver } = request;
  const period = formatPeriod(startDate, endDate);
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <div className={styles.period}>
          <strong>{period}</strong>{' '}
          {status === 'approved' ? (
            <Badge appearance="tint" color="success">
              Approved
            </Badge>
          ) : (
            <Badge appearance="tint" color="informative">
              Pending
            </Badge>
          )}
        </div>
        <p className={styles.soft}>
          {formatDays(days)}
          {approver &&
            ` · ${status === 'approved' ? 'approved by' : 'awaiting approval by'} ${approver.name}`}
        </p>
        {note && <p className={styles.note}>{note}</p>}
      </div>
      {startDate > today() && (
        <Button onClick={onCancel} aria-label={`Cancel leave ${period}`}>
          Cancel
        </Button>
      )}
    </li>
  );
}
