/**
 * Names how a piece of work failed, for metrics and spans. The errors that we define carry the word as `outcome`, so that
 * there are only so many of them, and nothing of a message is among them.
 *
 * @returns `error` for every other error.
 */
export function outcomeOf(error: unknown): string {
  const outcome: unknown = error instanceof Error ? Reflect.get(error, 'outcome') : undefined;
  return typeof outcome === 'string' ? outcome : 'error';
}
