import { Brand } from '../page/brand.tsx';
import type { Notice } from '../sign-in/notice.ts';

const unexpected: Notice = {
  intent: 'error',
  title: 'Something went wrong',
  detail: 'The app ran into an error that it did not expect. Reloading usually helps.',
};

/** Replaces the whole app when it cannot start or render. Needs nothing but React and the global styles. */
export function ErrorPage({ notice }: { notice?: Notice | null }) {
  const { title, detail } = notice ?? unexpected;
  return (
    <>
      <header className="landing-header">
        <Brand />
      </header>
      <main className="landing">
        <div role="alert">
          <h1>{title}</h1>
          <p>{detail}</p>
        </div>
        <button type="button" className="primary" onClick={() => window.location.reload()}>
          Reload
        </button>{' '}
        <a href="/">Go to the start page</a>
      </main>
    </>
  );
}
