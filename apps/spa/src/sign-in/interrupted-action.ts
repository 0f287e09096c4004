import { z } from '../configuration/zod.ts';

const key = 'interrupted-action';

const storedSchema = z.object({ id: z.string(), homeAccountId: z.string(), action: z.unknown() });

/** What a person was doing when they had to leave for the identity provider. */
export interface InterruptedAction {
  /** As the feature that kept it wrote it; it parses this itself. */
  action: unknown;
  /** Whether they came back having done what was asked of them, so that the action may be repeated. */
  confirmed: boolean;
}

/**
 * Keeps an action over a redirect.
 *
 * @param action JSON; must hold no token.
 * @returns The `state` to send with the redirect.
 */
export function keepInterruptedAction(homeAccountId: string, action: unknown): string {
  const id = crypto.randomUUID();
  sessionStorage.setItem(key, JSON.stringify({ id, homeAccountId, action }));
  return id;
}

/**
 * Takes the kept action out of the store, once, if it is this account's.
 *
 * @param state The `state` that came back with a successful answer; `undefined` if there was none.
 */
export function takeInterruptedAction(
  homeAccountId: string,
  state: string | undefined,
): InterruptedAction | null {
  const text = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (text === null) return null;
  const stored = storedSchema.safeParse(JSON.parse(text));
  if (!stored.success || stored.data.homeAccountId !== homeAccountId) return null;
  return { action: stored.data.action, confirmed: stored.data.id === state };
}
