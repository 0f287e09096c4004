import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';
import { describeAdminConsent } from './admin-consent-response.ts';
import type { Notice } from './notice.ts';

// The identity provider sends every response to this page. After a redirect (sign-in, consent, sign-out) the page
// stores the response in the session storage and goes on to the page that the user came from, or to the start page.
// In MSAL's hidden iframe it passes the response to the window that waits for it. A response to a request that MSAL did
// not make is explained here: no page of the app waits for it.

// Read first, as MSAL removes a response that is not its own from the address.
const parameters = new URLSearchParams(window.location.search || window.location.hash.slice(1));

broadcastResponseToMainFrame().catch(() => {
  const notice = describeAdminConsent(parameters);
  if (notice) show(notice);
  document.title = document.querySelector('h1')?.textContent ?? '';
  document.getElementById('response')?.removeAttribute('hidden');
});

/** Replaces the text that says that there is nothing to do. */
function show({ title, detail, reference }: Notice): void {
  document.querySelector('h1')?.replaceChildren(title);
  document.getElementById('detail')?.replaceChildren(detail);
  if (!reference) return;
  const code = document.createElement(reference.url ? 'a' : 'code');
  if (reference.url) code.setAttribute('href', reference.url);
  code.append(reference.code);
  const paragraph = document.createElement('p');
  paragraph.className = 'reference';
  paragraph.append('Reference: ', code);
  document.getElementById('detail')?.after(paragraph);
}
