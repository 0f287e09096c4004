import { createContext, useContext } from 'react';
import type { Session } from './open-session.ts';

/** The signed-in person's session, as components see it. */
export interface LiveSession extends Session {
  /** To be called by whoever took up the interrupted action, so that nobody takes it up again. */
  forgetInterrupted: () => void;
}

export const SessionContext = createContext<LiveSession | null>(null);

/** The signed-in person's session. */
export function useSession(): LiveSession {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs a SessionContext around it');
  return session;
}
