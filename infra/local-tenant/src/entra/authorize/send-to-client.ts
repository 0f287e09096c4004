import type { Response } from 'express';
import { observe, observeError } from '../../control-room/observed.ts';
import type { EntraServices } from '../entra-services.ts';
import type { EntraError } from '../errors/entra-error.ts';
import { errorDescription, logError, traceError } from '../errors/error-response.ts';
import { html } from '../pages/html.ts';
import { type Page, sendPage } from '../pages/page.ts';
import type { RedirectTo } from './authorization-request.ts';

/**
 * Sends parameters to the client's redirect URI in the requested response mode (OAuth 2.0 Multiple Response Type
 * Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode).
 */
export function sendToClient(
  response: Response,
  returnTo: RedirectTo,
  answer: Record<string, string | undefined>,
): void {
  const entries = Object.entries({ ...answer, state: returnTo.state }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  observe(response, {
    correlationId: returnTo.correlationId,
    clientId: returnTo.clientId,
    sentToClient: answer,
  });
  response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  if (returnTo.responseMode === 'form_post') {
    sendPage(response, 200, formPostPage(returnTo.redirectUri, entries), returnTo);
    return;
  }
  const parameters = new URLSearchParams(entries).toString();
  const { redirectUri } = returnTo;
  const separator = returnTo.responseMode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?';
  response.set('Location', `${redirectUri}${separator}${parameters}`).status(302).end();
}

/** Sends an error to the client's redirect URI (RFC 6749 §4.1.2.1). */
export function sendErrorToClient(
  entra: EntraServices,
  response: Response,
  returnTo: RedirectTo,
  error: EntraError,
  details: Record<string, string> = {},
): void {
  const trace = traceError(returnTo.correlationId, entra.now());
  logError(entra, 'authorize', error.number, trace.correlationId);
  observeError(response, error);
  sendToClient(response, returnTo, {
    error: error.error,
    ...details,
    error_description: errorDescription(error, trace),
    error_uri: error.uri,
    claims: error.claims,
  });
}

const script = 'document.forms[0].submit();';

/**
 * Renders a form that posts the response to the client (OAuth 2.0 Form Post Response Mode §2). Without scripts, the
 * user presses its button.
 */
function formPostPage(redirectUri: string, fields: readonly (readonly [string, string])[]): Page {
  return {
    title: 'Working',
    script,
    bare: true,
    content: html`<h1>Working…</h1>
<p class="lead">You are being sent back to the application.</p>
<form method="post" action="${redirectUri}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<noscript><p class="actions"><button class="button primary">Continue</button></p></noscript>
</form>`,
  };
}
