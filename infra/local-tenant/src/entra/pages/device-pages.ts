import type { User } from '../../directory/users.ts';
import {
  describedBy,
  errorText,
  type FieldError,
  type FormState,
  flowField,
  identity,
} from './account-pages.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

/** Renders the page that asks for a device's code (RFC 8628 §3.3). */
export function deviceCodePage(base: string, typed = '', error?: FieldError): Page {
  return {
    title: error ? 'Error: Enter code' : 'Enter code',
    content: html`<h1>Enter code</h1>
<p class="lead">Enter the code that the app on your device shows.</p>
<form method="post" action="${base}/oauth2/deviceauth" data-step="device-code">
<label for="code">Code</label>
<input id="code" name="user_code" type="text" value="${typed}" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus${describedBy(error)}>
${errorText(error)}
<p class="actions"><button class="button primary">Next</button></p>
</form>`,
  };
}

/**
 * Renders the page that asks whether the device is the user's own: someone else may have sent the code (RFC 8628
 * §5.4).
 */
export function deviceConfirmationPage(form: FormState, appName: string, user: User): Page {
  return {
    title: 'Are you trying to sign in?',
    content: html`${identity(user)}
<h1>Are you trying to sign in to ${appName}?</h1>
<p class="lead">Continue only if you started this yourself, on your own device. Otherwise the sender of the code signs in as you.</p>
<form method="post" action="${form.base}/sign-in/device" data-step="device-confirmation">
${flowField(form)}
<p class="actions"><button class="button" name="continue" value="no">Cancel</button><button class="button primary" name="continue" value="yes">Continue</button></p>
</form>`,
  };
}

export const deviceSignedInPage = (appName: string): Page => ({
  title: 'Signed in on your device',
  content: html`<h1>You have signed in to ${appName} on your device</h1>
<p class="lead">You can close this window now.</p>`,
});

export const deviceDeclinedPage: Page = {
  title: 'Canceled',
  content: html`<h1>You did not sign in</h1>
<p class="lead">Sign-in on your device was canceled. You can close this window now.</p>`,
};
