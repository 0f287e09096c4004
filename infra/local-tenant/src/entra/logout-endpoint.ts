import type { RequestHandler } from 'express';
import { z } from 'zod';
import { findBySignInName } from './authorize/choose-account.ts';
import { isRegisteredRedirectUri } from './authorize/redirect-uri.ts';
import { readSession, writeSession } from './authorize/session.ts';
import type { EntraServices } from './entra-services.ts';
import { html } from './pages/html.ts';
import { type Page, sendPage } from './pages/page.ts';
import { readParameters } from './parameters.ts';
import { readTenantSegment } from './tenant-segment.ts';

/**
 * Serves `GET` and `POST /{tenant}/oauth2/v2.0/logout` (OpenID Connect RP-Initiated Logout): signs out the account in
 * `logout_hint`, or every account in this browser. Redirects to `post_logout_redirect_uri` if an application
 * registered it, otherwise shows a page.
 */
export function logoutEndpoint(entra: EntraServices): RequestHandler {
  return (request, response) => {
    readTenantSegment(String(request.params.tenant));
    const parameters = readParameters(request);
    const session = readSession(entra, request);
    const hint = parameters.get('logout_hint');
    const account =
      hint === undefined ? undefined : (entra.secrets.open('login-hint', z.string(), hint) ?? hint);
    const leaving = account === undefined ? undefined : findBySignInName(entra.directory, account);
    writeSession(entra, response, leaving ? session.filter(({ userId }) => userId !== leaving.id) : []);
    entra.log({ type: 'sign-out', accounts: leaving ? 1 : session.length });

    const redirectUri = parameters.get('post_logout_redirect_uri');
    const isRegistered = entra.directory.state.applications.some((application) =>
      isRegisteredRedirectUri(application, redirectUri ?? ''),
    );
    if (redirectUri === undefined || !isRegistered) return sendPage(response, 200, signedOutPage);
    const state = parameters.get('state');
    const separator = redirectUri.includes('?') ? '&' : '?';
    const location =
      state === undefined ? redirectUri : `${redirectUri}${separator}${new URLSearchParams({ state })}`;
    response.set({ Location: location, 'Cache-Control': 'no-store' }).status(302).end();
  };
}

/** The page shown after signing out, if the request had no address to return to. */
const signedOutPage: Page = {
  title: 'Signed out',
  content: html`<h1>You signed out of your account</h1>
<p class="lead">It’s a good idea to close all browser windows.</p>`,
};
