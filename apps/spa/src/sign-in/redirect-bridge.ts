import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

// Every answer of the identity provider ends on this page. After a redirect (sign-in, consent, sign-out) it
// keeps the answer in the session storage and goes on to the page the person left, or to the start page.
// In MSAL's hidden iframe it hands the answer to the window that waits for it.
broadcastResponseToMainFrame().catch(() => {
  document.getElementById('nothing-to-return')?.removeAttribute('hidden');
});
