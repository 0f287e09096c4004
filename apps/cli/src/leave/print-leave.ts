import { formatTable, plain } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Leave, LeaveRequest } from './leave.ts';

/** Prints the balance and the requests as a table. */
export function printLeave({ balance, requests }: Leave, terminal: Terminal): void {
  const { year, remainingDays, entitlementDays, bookedDays } = balance;
  terminal.print(
    `Leave in ${year}: ${remainingDays} of ${entitlementDays} days left, ${bookedDays} booked\n`,
  );
  if (requests.length === 0) {
    terminal.print('No leave requests.');
    return;
  }
  const rows = requests.map(({ id, startDate, endDate, days, status, approver, note }) => [
    id,
    startDate,
    endDate,
    String(days),
    status,
    approver?.name ?? '',
    note ?? '',
  ]);
  terminal.print(formatTable(['ID', 'FIRST DAY', 'LAST DAY', 'DAYS', 'STATUS', 'APPROVER', 'NOTE'], rows));
}

/** Prints what happened to a request, in a line. */
export function printLeaveRequest(
  done: string,
  {
    id,
    startDate,
    endDate,
    days,
    status,
  }: Pick<LeaveRequest, 'id' | 'startDate' | 'endDate' | 'days' | 'status'>,
  terminal: Terminal,
): void {
  const period = startDate === endDate ? startDate : `${startDate} to ${endDate}`;
  terminal.print(plain(`${done}: ${period}, working days: ${days}, ${status}, ${id}`));
}
