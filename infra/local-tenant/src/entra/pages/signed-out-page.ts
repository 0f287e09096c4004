import { html } from './html.ts';
import type { Page } from './page.ts';

/** Shown after signing out when the request named no place to return to. */
export const signedOutPage: Page = {
  title: 'Signed out',
  content: html`<h1>You signed out of your account</h1>
<p class="lead">It’s a good idea to close all browser windows.</p>`,
};
