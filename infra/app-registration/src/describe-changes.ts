import type { Change } from './register-apps.ts';

/** Says in lines what was changed, for a person to read. */
export function describeChanges(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing to change'];
  return changes.map(({ app, property, from, to }) =>
    from === null && typeof to === 'string'
      ? `${app}: ${property} ${to}`
      : `${app}: ${property}: ${short(from)} → ${short(to)}`,
  );
}

const longest = 160;

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
