import type { RequestHandler } from 'express';
import { z } from 'zod';
import { findBySignInName } from './authorize/choose-account.ts';
import { isRegisteredRedirectUri } from './authorize/redirect-uri.ts';
import { readSession, readVisits, type Visit, writeSession, writeVisits } from './authorize/session.ts';
import type { EntraServices } from './entra-services.ts';
import { type Html, html } from './pages/html.ts';
import { type Page, sendPage } from './pages/page.ts';
import { readParameters } from './parameters.ts';
import { readTenantSegment } from './tenant-segment.ts';

/**
 * Serves `GET` and `POST /{tenant}/oauth2/v2.0/logout` (OpenID Connect RP-Initiated Logout): signs out the account in
 * `logout_hint`, or every account in this browser, here and in the applications that registered a front-channel logout URL.
 * Leads to `post_logout_redirect_uri` if an application registered it, otherwise shows a page.
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
    const staying = leaving ? session.filter(({ userId }) => userId !== leaving.id) : [];
    const stays = ({ sessionId }: Visit) => staying.some((other) => other.sessionId === sessionId);
    const visits = readVisits(entra, request);
    const frames = visits.filter((visit) => !stays(visit)).flatMap((visit) => logoutUrls(entra, visit));
    writeSession(entra, response, staying);
    writeVisits(entra, response, visits.filter(stays));
    entra.log({ type: 'sign-out', accounts: leaving ? 1 : session.length });

    const redirectUri = parameters.get('post_logout_redirect_uri');
    const isRegistered = entra.directory.state.applications.some((application) =>
      isRegisteredRedirectUri(application, redirectUri ?? ''),
    );
    if (redirectUri === undefined || !isRegistered) return sendPage(response, 200, signedOutPage(frames));
    const state = parameters.get('state');
    const separator = redirectUri.includes('?') ? '&' : '?';
    const location =
      state === undefined ? redirectUri : `${redirectUri}${separator}${new URLSearchParams({ state })}`;
    if (frames.length > 0) return sendPage(response, 200, signingOutPage(frames, location));
    response.set({ Location: location, 'Cache-Control': 'no-store' }).status(302).end();
  };
}

/** Returns where an application wants to know that a session ends (OpenID Connect Front-Channel Logout 1.0, section 2). */
function logoutUrls({ directory }: EntraServices, { clientId, sessionId }: Visit): string[] {
  const application = directory.state.applications.find(({ appId }) => appId === clientId);
  const url = URL.parse(application?.web.logoutUrl ?? '');
  if (!url) return [];
  // Entra ID sends no `iss`, which the standard requires with it.
  url.searchParams.set('sid', sessionId);
  return [url.href];
}

const hiddenFrames = (frames: readonly string[]): Html =>
  html`${frames.map((address) => html`<iframe src="${address}" title="Sign-out" hidden></iframe>`)}`;

/** The page shown after signing out, if the request had no address to return to. */
const signedOutPage = (frames: readonly string[]): Page => ({
  title: 'Signed out',
  frames,
  content: html`<h1>You signed out of your account</h1>
<p class="lead">It’s a good idea to close all browser windows.</p>
${hiddenFrames(frames)}`,
});

/** The page that waits until applications have answered. The user does not have to: an application may never answer. */
const signingOutPage = (frames: readonly string[], location: string): Page => ({
  title: 'Signing out',
  frames,
  bare: true,
  script: "addEventListener('load', () => location.replace(document.querySelector('a').href));",
  content: html`<h1>Signing out…</h1>
<p class="lead">You are being signed out of the apps that you used.</p>
<p class="actions"><a class="button" href="${location}">Continue</a></p>
${hiddenFrames(frames)}`,
});
