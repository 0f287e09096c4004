import { html } from './html.ts';
import type { Page } from './page.ts';

const script = 'document.forms[0].submit();';

/** Posts the answer to the client (OAuth 2.0 Form Post Response Mode §2). Without scripts, the user presses the button. */
export function formPostPage(redirectUri: string, fields: readonly (readonly [string, string])[]): Page {
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
