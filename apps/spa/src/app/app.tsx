import { InteractionStatus } from '@azure/msal-browser';
import { AuthenticatedTemplate, UnauthenticatedTemplate, useMsal } from '@azure/msal-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { InterruptedActionContext } from '../sign-in/interrupted-action.ts';
import { LandingPage } from '../sign-in/landing-page.tsx';
import { NoticeContext } from '../sign-in/notice.ts';
import type { ResumedSignIn } from '../sign-in/resume-sign-in.ts';

const loadSignedInApp = () => import('./signed-in-app.tsx');
const SignedInApp = lazy(loadSignedInApp);

/** Shows the landing page or the signed-in app. Whether the user is signed in is decided by MSAL alone. */
export function App({ resumed }: { resumed: ResumedSignIn }) {
  const { inProgress } = useMsal();
  const [notice, setNotice] = useState(resumed.notice);
  const [interrupted, setInterrupted] = useState(resumed.interrupted);
  const notices = useMemo(() => ({ notice, setNotice }), [notice]);
  const interruption = useMemo(
    () => ({ interrupted, forgetInterrupted: () => setInterrupted(null) }),
    [interrupted],
  );

  useEffect(() => {
    // Once the page works, fills the browser's cache for the time after sign-in.
    if (inProgress === InteractionStatus.None) loadSignedInApp().catch(() => undefined);
  }, [inProgress]);

  if (inProgress === InteractionStatus.Logout) return <Waiting text="Signing you out…" />;
  return (
    <NoticeContext value={notices}>
      <UnauthenticatedTemplate>
        <LandingPage />
      </UnauthenticatedTemplate>
      <AuthenticatedTemplate>
        <InterruptedActionContext value={interruption}>
          <Suspense fallback={<Waiting text="Opening your overview…" />}>
            <SignedInApp />
          </Suspense>
        </InterruptedActionContext>
      </AuthenticatedTemplate>
    </NoticeContext>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <main className="waiting" aria-busy="true">
      <p role="status">{text}</p>
    </main>
  );
}
