import { photoOf, type User } from '../../directory/users.ts';
import { signInName } from '../tokens/user-claims.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** An error about an input field, with Entra's number for it. */
export interface FieldError {
  number: number;
  text: string;
}

export interface FormState {
  /** Path of the tenant, e.g. `/{tenant}`. */
  base: string;
  /** The sealed sign-in flow. */
  flow: string;
}

export const flowField = ({ flow }: FormState): Html =>
  html`<input type="hidden" name="flow" value="${flow}">`;

/** Renders the account picker. Users who are signed in come first. */
export function accountPickerPage(
  form: FormState,
  appName: string,
  users: readonly User[],
  signedIn: ReadonlySet<string>,
): Page {
  const ordered = [...users].sort(
    (one, other) => Number(signedIn.has(other.id)) - Number(signedIn.has(one.id)),
  );
  return {
    title: 'Pick an account',
    content: html`<h1>Pick an account</h1>
<p class="lead">to continue to ${appName}</p>
<form method="post" action="${form.base}/sign-in/account" data-step="account">
${flowField(form)}
<ul class="accounts">
${ordered.map(
  (user) => html`<li><button name="account" value="${signInName(user)}">
${avatar(user)}
<span class="who"><span class="name">${user.displayName} ${signedIn.has(user.id) ? html`<span class="badge">Signed in</span>` : ''}</span><span class="muted">${signInName(user)}</span><span class="muted">${user.purpose}</span></span>
</button></li>`,
)}
<li><button name="other" value="1"><span class="avatar" aria-hidden="true">+</span><span class="who name">Use another account</span></button></li>
</ul>
</form>`,
  };
}

/** Renders the page that asks for a sign-in name. */
export function accountNamePage(form: FormState, appName: string, typed: string, error?: FieldError): Page {
  return {
    title: error ? 'Error: Sign in' : 'Sign in',
    content: html`<h1>Sign in</h1>
<p class="lead">to continue to ${appName}</p>
<form method="post" action="${form.base}/sign-in/account" data-step="account">
${flowField(form)}
<label for="account">Email or user name</label>
<input id="account" name="account" type="text" value="${typed}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus${describedBy(error)}>
${errorText(error)}
<p class="actions"><button class="button primary">Next</button></p>
</form>`,
  };
}

/** Renders the page that asks for the password. */
export function passwordPage(form: FormState, appName: string, user: User, error?: FieldError): Page {
  return {
    title: error ? 'Error: Enter password' : 'Enter password',
    content: html`${identity(user)}
<h1>Enter password</h1>
<p class="lead">to continue to ${appName}</p>
<form method="post" action="${form.base}/sign-in/password" data-step="password">
${flowField(form)}
<input type="text" name="username" value="${signInName(user)}" autocomplete="username" hidden>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${describedBy(error)}>
${errorText(error)}
<p class="actions"><button class="button primary">Sign in</button></p>
</form>
${otherAccount(form)}`,
  };
}

/** Renders the page that asks for a one-time code. It shows the code, because there is no second device here. */
export function oneTimeCodePage(form: FormState, user: User, code: string, error?: FieldError): Page {
  return {
    title: error ? 'Error: Enter code' : 'Enter code',
    content: html`${identity(user)}
<h1>Enter code</h1>
<p class="lead">Your organization requires a second factor. In a real tenant an app on your phone shows the code; here it is <strong data-one-time-code>${code}</strong>.</p>
<form method="post" action="${form.base}/sign-in/one-time-code" data-step="one-time-code">
${flowField(form)}
<label for="code">Code</label>
<input id="code" name="otc" type="text" inputmode="numeric" autocomplete="one-time-code" required autofocus${describedBy(error)}>
${errorText(error)}
<p class="actions"><button class="button" name="cancel" value="1" formnovalidate>Cancel</button><button class="button primary">Verify</button></p>
</form>
${otherAccount(form)}`,
  };
}

export const identity = (user: User): Html =>
  html`<p class="identity">${avatar(user)}<span>${signInName(user)}</span></p>`;

/** Renders the link to sign in with another account. */
export const otherAccount = (form: FormState, text = 'Use another account'): Html =>
  html`<form method="post" action="${form.base}/sign-in/account" data-step="other-account">${flowField(form)}<button class="link" name="pick" value="1">${text}</button></form>`;

export const describedBy = (error: FieldError | undefined): Html | '' =>
  error ? html` aria-invalid="true" aria-describedby="error"` : '';

export const errorText = (error: FieldError | undefined): Html | '' =>
  error
    ? html`<p class="error" id="error" role="alert" data-number="${error.number}">${error.text} <small>AADSTS${error.number}</small></p>`
    : '';

/** Renders a user's photo or initials. Hidden from screen readers, because the name is next to it. */
function avatar(user: User): Html {
  return photoOf(user.id, '96x96')
    ? html`<span class="avatar" aria-hidden="true"><img src="/local-tenant/users/${user.id}/photo" alt="" width="44" height="44"></span>`
    : initials(user.displayName);
}

/** Renders the first letters of a name's first and last word. */
export function initials(name: string): Html {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return html`<span class="avatar" aria-hidden="true">${letters.join('').toUpperCase()}</span>`;
}
