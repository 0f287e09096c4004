import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

// The identity provider sends every response to this page. After a redirect (sign-in, consent, sign-out) the page
// stores the response in the session storage and goes on to the page that the user came from, or to the start page.
// In MSAL's hidden iframe it passes the response to the window that waits for it.
broadcastResponseToMainFrame().catch(() => {
  document.getElementById('nothing-to-return')?.removeAttribute('hidden');
});
