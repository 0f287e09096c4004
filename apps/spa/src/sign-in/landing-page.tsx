import { InteractionStatus } from '@azure/msal-browser';
import { useMsal } from '@azure/msal-react';
import { useEffect } from 'react';
import { useConfiguration } from '../configuration/configuration.ts';
import { Brand, product } from '../page/brand.tsx';
import { ErrorReference } from '../page/error-reference.tsx';
import { Chain } from './chain.tsx';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { apiScopes } from './msal-client.ts';
import { type Notice, useNotice } from './notice.ts';

/** What a signed-out visitor sees, on every route. */
export function LandingPage() {
  const { instance, inProgress } = useMsal();
  const configuration = useConfiguration();
  const { notice, setNotice } = useNotice();
  const signingIn = inProgress !== InteractionStatus.None;

  useEffect(() => {
    document.title = product;
  }, []);

  async function signIn() {
    setNotice(null);
    try {
      await instance.loginRedirect({ scopes: apiScopes(configuration) });
    } catch (error) {
      setNotice(describeSignInFailure(error));
    }
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
              You sign in once. The middle tier then exchanges your token for one token per API, with the
              OAuth 2.0 <strong>On-Behalf-Of flow</strong> of Microsoft Entra ID. Each API sees you, not an
              all-powerful service, and returns only what you may see.
            </p>
            <button type="button" className="primary" disabled={signingIn} onClick={() => void signIn()}>
              {signingIn ? 'Signing in…' : 'Sign in'}
            </button>
            {window.location.pathname !== '/' && (
              <p className="hint">You'll return to this page after signing in.</p>
            )}
          </div>
          <Chain />
        </section>
        <section aria-labelledby="what-you-will-see">
          <h2 id="what-you-will-see">What you will see</h2>
          <ul className="promises">
            <li>
              <strong>Who you are</strong> Your name, photo and manager, from Microsoft Graph.
            </li>
            <li>
              <strong>Your leave</strong> Balance and requests, from a downstream API with its own database.
            </li>
            <li>
              <strong>How it works</strong> How long each step took, and where each token came from.
            </li>
          </ul>
        </section>
      </main>
    </>
  );
}

function NoticeMessage({ notice: { intent, title, detail, reference } }: { notice: Notice }) {
  return (
    <div className={`notice notice-${intent}`}>
      <strong>{title}</strong>
      <p>{detail}</p>
      {reference && <ErrorReference reference={reference} />}
    </div>
  );
}
