import { createContext, use, useEffect, useState } from 'react';
import { z } from '../configuration/zod.ts';
import { storeInTab, takeFromTab } from './tab-storage.ts';

/** What the user was doing when a challenge took them to the identity provider. */
export interface InterruptedAction {
  /** As the feature stored it; the feature parses it. */
  action: unknown;
  /** Whether the user did what was required, so that the action may be repeated. */
  confirmed: boolean;
}

const key = 'interrupted-action';
const storedSchema = z.object({ homeAccountId: z.string(), action: z.unknown() });

/**
 * Stores an action for the time of a redirect.
 *
 * @param action JSON; must not contain a token.
 */
export function storeInterruptedAction(homeAccountId: string, action: unknown): void {
  storeInTab(key, JSON.stringify({ homeAccountId, action }));
}

/** Removes the stored action and returns it, or `null` if there is none of this account. */
export function takeInterruptedAction(homeAccountId: string): unknown {
  const text = takeFromTab(key);
  if (text === null) return null;
  const stored = storedSchema.safeParse(JSON.parse(text));
  return stored.success && stored.data.homeAccountId === homeAccountId ? stored.data.action : null;
}

export const InterruptedActionContext = createContext<{
  interrupted: InterruptedAction | null;
  forgetInterrupted: () => void;
}>({ interrupted: null, forgetInterrupted: () => undefined });

/**
 * Returns the interrupted action if the schema describes it, to one component and only once.
 *
 * @param schema A constant: it is read when the component mounts.
 */
export function useInterruptedAction<Schema extends z.ZodMiniType>(
  schema: Schema,
): { action: z.output<Schema>; confirmed: boolean } | null {
  const { interrupted, forgetInterrupted } = use(InterruptedActionContext);
  const [resumed] = useState(() => {
    const parsed = schema.safeParse(interrupted?.action);
    return interrupted && parsed.success ? { action: parsed.data, confirmed: interrupted.confirmed } : null;
  });
  useEffect(() => {
    if (resumed) forgetInterrupted();
  }, [resumed, forgetInterrupted]);
  return resumed;
}
