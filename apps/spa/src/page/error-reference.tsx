import type { Reference } from '../sign-in/notice.ts';

/** Names an error for support: its code, with a link to the page that explains it, and the correlation ID. */
export function ErrorReference({ reference: { code, url, correlationId } }: { reference: Reference }) {
  return (
    <p className="reference">
      Reference:{' '}
      {url ? (
        <a href={url} target="_blank" rel="noreferrer">
          {code}
        </a>
      ) : (
        <code>{code}</code>
      )}
      {correlationId && (
        <>
          {' · '}
          <code>{correlationId}</code>
        </>
      )}
    </p>
  );
}
