import { useEffect, useState } from 'react';
import type { Notice } from '../sign-in/notice.ts';
import { LandingPage } from './landing-page.tsx';
import { resumeVisit, type Visit, wasHere } from './resume-visit.ts';
import { WaitingPage } from './waiting-page.tsx';

/**
 * Decides between the landing page and the signed-in app. Only what the landing page needs is loaded with it;
 * MSAL and the app are loaded for those who sign in or come back.
 */
export function Entrance() {
  const [visit, setVisit] = useState<Visit>(() =>
    wasHere() ? { phase: 'waiting', text: 'Opening your overview…' } : { phase: 'landing', notice: null },
  );

  useEffect(() => {
    if (!wasHere()) return;
    let current = true;
    void resumeVisit().then((resumed) => current && setVisit(resumed));
    return () => {
      current = false;
    };
  }, []);

  function end(notice: Notice) {
    window.history.replaceState(null, '', '/');
    setVisit({ phase: 'landing', notice });
  }

  switch (visit.phase) {
    case 'landing':
      return <LandingPage notice={visit.notice} />;
    case 'waiting':
      return <WaitingPage>{visit.text}</WaitingPage>;
    case 'signed-in': {
      const { App, session } = visit;
      return (
        <App
          session={session}
          onSigningOut={() => setVisit({ phase: 'waiting', text: 'Signing you out…' })}
          onSignedOut={end}
        />
      );
    }
  }
}
