import type { Change } from './register-apps.ts';

/** Says in lines what was changed, for a person to read. */
export function describeChanges(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) => {
    if (from === null && typeof to === 'string') return `${app}: ${property} ${to}`;
    if (to === null && typeof from === 'string') return `${app}: ${property} ${from} removed`;
    return `${app}: ${property}: ${short(from)} → ${short(to)}`;
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
    return `~ ${app}: ${property}: ${short(from)} → ${short(to)}`;
  });
}

const longest = 160;

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
