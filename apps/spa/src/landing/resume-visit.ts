import type { App } from '../app/app.tsx';
import { expectedSession } from '../sign-in/expected-session.ts';
import type { Notice } from '../sign-in/notice.ts';
import type { Session } from '../sign-in/open-session.ts';

export type Visit =
  | { phase: 'landing'; notice: Notice | null }
  | { phase: 'waiting'; text: string }
  | { phase: 'signed-in'; session: Session; App: typeof App };

/** Whether this tab has something to go on with: a session, or the answer of a redirect. */
export function wasHere(): boolean {
  return expectedSession() !== null;
}

let resumed: Promise<Visit> | undefined;

/** Goes on where this tab was. Runs once per page load, however often React mounts. */
export function resumeVisit(): Promise<Visit> {
  resumed ??= resume().catch(() => ({
    phase: 'landing',
    notice: {
      intent: 'error',
      title: 'The app could not be loaded',
      detail: 'Check your connection and reload the page.',
    },
  }));
  return resumed;
}

async function resume(): Promise<Visit> {
  const opening = import('../sign-in/open-session.ts').then(({ openSession }) => openSession());
  const loading = expectedSession() === 'signing-out' ? null : import('../app/app.tsx');
  const [opened, app] = await Promise.all([opening, loading]);
  switch (opened.state) {
    case 'signed-in': {
      const { App } = app ?? (await import('../app/app.tsx'));
      return { phase: 'signed-in', session: opened.session, App };
    }
    case 'signed-out':
      return { phase: 'landing', notice: opened.notice };
    case 'leaving':
      return { phase: 'waiting', text: 'Taking you to sign in…' };
  }
}
