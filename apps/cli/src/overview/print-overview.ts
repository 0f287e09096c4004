import { printLeave } from '../leave/print-leave.ts';
import type { Problem } from '../middle-tier/problem.ts';
import { plain } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Overview, Profile } from './overview.ts';

/** Prints the profile and the leave, each as far as it could be read. */
export function printOverview({ profile, leave }: Overview, terminal: Terminal): void {
  if (profile.state === 'ok') printProfile(profile.data, terminal);
  else notifyFailure('your profile', profile.problem, terminal);
  if (leave.state === 'ok') printLeave(leave.data, terminal);
  else notifyFailure('your leave', leave.problem, terminal);
}

function printProfile({ name, jobTitle, mail, manager }: Profile, terminal: Terminal): void {
  const about = [name, jobTitle, mail, manager && `Manager: ${manager.name}`];
  for (const line of about) if (line) terminal.print(plain(line));
  terminal.print('');
}

function notifyFailure(what: string, { title, detail = title, code }: Problem, terminal: Terminal): void {
  terminal.notify(plain(`error: ${what} could not be read: ${detail} (${code})`));
}
