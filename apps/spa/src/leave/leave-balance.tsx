import { ProgressBar } from '@fluentui/react-components';
import type { Leave } from './leave.ts';
import styles from './leave-balance.module.css';
import { formatDays } from './plain-date.ts';

/** Shows how much of the year's leave is left. */
export function LeaveBalance({ balance }: { balance: Leave['balance'] }) {
  const { year, entitlementDays, bookedDays, remainingDays } = balance;
  return (
    <div>
      <p className={styles.remaining}>
        <strong>{formatDays(remainingDays)}</strong> left in {year}
      </p>
      <ProgressBar
        value={remainingDays}
        max={entitlementDays}
        thickness="large"
        aria-label="Leave left"
        aria-valuetext={`${formatDays(remainingDays)} of ${formatDays(entitlementDays)}`}
      />
      <p className={styles.of}>
        {formatDays(bookedDays)} booked of {formatDays(entitlementDays)}
      </p>
    </div>
  );
}
