import type { EntraError } from '../errors/entra-error.ts';
import type { ErrorTrace } from '../errors/error-answer.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

/** Shows what must not be told to a redirect URI, with what support would ask for. */
export function errorPage(error: EntraError, trace: ErrorTrace): Page {
  return {
    title: `Sign-in error AADSTS${error.number}`,
    content: html`<h1>Sorry, you can’t be signed in</h1>
<p class="number" id="error" data-number="${error.number}">AADSTS${error.number}</p>
<p role="alert">${error.text}</p>
<dl>
<dt>Request id</dt><dd>${trace.traceId}</dd>
<dt>Correlation id</dt><dd>${trace.correlationId}</dd>
<dt>Timestamp</dt><dd>${trace.timestamp}</dd>
</dl>`,
  };
}

/** A page for paths that are none. */
export const notFoundPage: Page = {
  title: 'Not found',
  content: html`<h1>There is nothing here</h1>
<p class="lead">Sign-in starts from an application. Go back to the one you came from and sign in there.</p>`,
};
