import type { Change } from '../register-apps.ts';
import { listDifference } from './list-difference.ts';

/** Says in lines what was changed, for a person to read. */
export function describeChanges(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) => {
    if (from === null && typeof to === 'string') return `${app}: ${property} ${to}`;
    if (to === null && typeof from === 'string') return `${app}: ${property} ${from} removed`;
    return `${app}: ${property}: ${difference(from, to)}`;
  });
}

/** Says in lines what is to be changed: `+` comes, `-` goes, `~` becomes another. */
export function describePlan(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) => {
    if (from === null && typeof to === 'string') {
      const detail = to.replace(/^(?:created|added)(?:, )?/, '');
      return `+ ${app}: ${property}${detail === '' ? '' : `, ${detail}`}`;
    }
    if (to === null && typeof from === 'string') return `- ${app}: ${property} ${from}`;
    return `~ ${app}: ${property}: ${difference(from, to)}`;
  });
}

const longest = 160;

/** Both values where they are short; of long lists, what one has and the other has not. */
function difference(from: unknown, to: unknown): string {
  const before = textOf(from);
  const after = textOf(to);
  const lists = before.length + after.length > longest ? listDifference(from, to) : null;
  if (lists === null) return `${shorten(before)} → ${shorten(after)}`;
  const { missing, superfluous, different } = lists;
  const marked = [
    ...missing.map((item) => `+ ${item}`),
    ...superfluous.map((item) => `- ${item}`),
    ...different.map((item) => `~ ${item}`),
  ];
  return marked.join(', ');
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const shorten = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
