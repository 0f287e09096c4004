import { useEffect, useState } from 'react';
import type { Notice } from '../sign-in/notice.ts';
import { Brand } from './brand.tsx';
import { Chain } from './chain.tsx';

const loadSignIn = () => import('../sign-in/sign-in.ts');

/** What a visitor sees who is not signed in, on every route. */
export function LandingPage({ notice: initialNotice }: { notice: Notice | null }) {
  const [notice, setNotice] = useState(initialNotice);
  const [leaving, setLeaving] = useState(false);

  useEffect(() => {
    document.title = 'On Behalf Of';
    // Fetched once the page stands, so that the click need not wait for it.
    const timer = window.setTimeout(() => void loadSignIn().catch(() => undefined), 500);
    return () => window.clearTimeout(timer);
  }, []);

  async function leave() {
    setNotice(null);
    setLeaving(true);
    try {
      const { signIn } = await loadSignIn();
      setNotice(await signIn());
    } catch {
      setNotice(loadFailure);
    }
    setLeaving(false);
  }

  return (
    <>
      <header className="landing-header">
        <Brand />
      </header>
      <main className="landing">
        <div role={notice?.intent === 'error' ? 'alert' : 'status'}>
          {notice && <NoticeMessage notice={notice} />}
        </div>
        <section className="hero">
          <div>
            <h1>One sign-in. Two APIs that act as you.</h1>
            <p className="lead">
              You sign in here once. The middle tier then trades your token for one token per API, with the
              OAuth 2.0 <strong>On-Behalf-Of flow</strong> of Microsoft Entra ID. Each API sees you, not an
              all-powerful service, and answers only what you may see.
            </p>
            <button type="button" className="primary" disabled={leaving} onClick={() => void leave()}>
              {leaving ? 'Signing in…' : 'Sign in'}
            </button>
            {window.location.pathname !== '/' && (
              <p className="hint">You come back to this page after you signed in.</p>
            )}
          </div>
          <Chain />
        </section>
        <section aria-labelledby="what-you-will-see">
          <h2 id="what-you-will-see">What you will see</h2>
          <ul className="promises">
            <li>
              <strong>Who you are</strong> Your name, photo and manager, read from Microsoft Graph.
            </li>
            <li>
              <strong>Your leave</strong> Balance and requests, kept by a second API in its own database.
            </li>
            <li>
              <strong>What happened</strong> How long each hop took, and where each token came from.
            </li>
          </ul>
        </section>
      </main>
    </>
  );
}

const loadFailure: Notice = {
  intent: 'error',
  title: 'Sign-in could not be loaded',
  detail: 'Check your connection and try again.',
};

function NoticeMessage({ notice: { intent, title, detail, reference } }: { notice: Notice }) {
  return (
    <div className={`notice notice-${intent}`}>
      <strong>{title}</strong>
      <p>{detail}</p>
      {reference && (
        <p className="reference">
          Reference: <code>{reference}</code>
        </p>
      )}
    </div>
  );
}
