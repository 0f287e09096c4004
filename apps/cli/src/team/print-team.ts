import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { TeamRequest } from './team.ts';

/** Prints the requests that wait for the user as a table. */
export function printTeam(requests: readonly TeamRequest[], terminal: Terminal): void {
  if (requests.length === 0) {
    terminal.print('No request waits for you.');
    return;
  }
  const rows = requests.map(({ id, requester, startDate, endDate, days, note }) => [
    id,
    requester.name ?? 'unknown',
    startDate,
    endDate,
    String(days),
    note ?? '',
  ]);
  terminal.print(formatTable(['ID', 'REQUESTED BY', 'FIRST DAY', 'LAST DAY', 'DAYS', 'NOTE'], rows));
}
