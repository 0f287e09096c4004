import type { Change } from '../register-apps.ts';
import { listDifference } from './list-difference.ts';

/** Describes changes that were made, one line each. */
export function describeChanges(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) => {
    if (from === null && typeof to === 'string') return `${app}: ${property} ${to}`;
    if (to === null && typeof from === 'string') return `${app}: ${property} ${from} removed`;
    return `${app}: ${property}: ${describeDifference(from, to)}`;
  });
}

/** Describes planned changes, one line each: `+` for an addition, `-` for a removal, `~` for a new value. */
export function describePlan(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) => {
    if (from === null && typeof to === 'string') {
      const detail = to.replace(/^(?:created|added)(?:, )?/, '');
      return `+ ${app}: ${property}${detail === '' ? '' : `, ${detail}`}`;
    }
    if (to === null && typeof from === 'string') return `- ${app}: ${property} ${from}`;
    return `~ ${app}: ${property}: ${describeDifference(from, to)}`;
  });
}

const maxLength = 160;

/** Shows both values if they are short, otherwise only the items in which two lists differ. */
function describeDifference(from: unknown, to: unknown): string {
  const before = toText(from);
  const after = toText(to);
  const lists = before.length + after.length > maxLength ? listDifference(from, to) : null;
  if (lists === null) return `${shorten(before)} → ${shorten(after)}`;
  const { missing, unexpected, different } = lists;
  const marked = [
    ...missing.map((item) => `+ ${item}`),
    ...unexpected.map((item) => `- ${item}`),
    ...different.map((item) => `~ ${item}`),
  ];
  return marked.join(', ');
}

const toText = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const shorten = (text: string): string => (text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);
