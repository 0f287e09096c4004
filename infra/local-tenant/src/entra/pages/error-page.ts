import type { EntraError } from '../errors/entra-error.ts';
import type { ErrorTrace } from '../errors/error-response.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

/** Renders an error that must not be sent to a redirect URI, with the IDs that support would ask for. */
export function errorPage(error: EntraError, trace: ErrorTrace): Page {
  return {
    title: `Sign-in error AADSTS${error.number}`,
    content: html`<h1>Sorry, you can’t be signed in</h1>
<p class="number" id="error" data-number="${error.number}">AADSTS${error.number}</p>
<p role="alert">${error.text}</p>
<p class="muted">What it means, and how to fix it: <code>docs/reference/errors/AADSTS${error.number}.md</code> in the repository.</p>
<dl>
<dt>Request ID</dt><dd>${trace.traceId}</dd>
<dt>Correlation ID</dt><dd>${trace.correlationId}</dd>
<dt>Timestamp</dt><dd>${trace.timestamp}</dd>
</dl>`,
  };
}

/** Renders the page for features that are not implemented here. */
export const notImplementedPage = (description: string): Page => ({
  title: 'Not implemented',
  content: html`<h1>Not implemented here</h1>
<p class="lead" role="alert">${description}</p>`,
});

/** The page for unknown paths. */
export const notFoundPage: Page = {
  title: 'Not found',
  content: html`<h1>Page not found</h1>
<p class="lead">Sign-in starts from an application. Go back to the application and sign in there.</p>`,
};
