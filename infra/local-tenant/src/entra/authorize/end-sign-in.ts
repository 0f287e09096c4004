import { observeError } from '../../control-room/observed.ts';
import { tenant } from '../../directory/directory.ts';
import { type EntraError, entraError } from '../errors/entra-error.ts';
import { logError, traceError } from '../errors/error-response.ts';
import { deviceConfirmationPage, deviceDeclinedPage, deviceSignedInPage } from '../pages/device-pages.ts';
import { errorPage } from '../pages/error-page.ts';
import { sendPage } from '../pages/page.ts';
import { clientInfo } from '../tokens/id-token.ts';
import type { RedirectTo } from './authorization-request.ts';
import type { Step } from './decide-step.ts';
import { sendErrorToClient, sendToClient } from './send-to-client.ts';
import { noteVisit } from './session.ts';
import { type SignIn, show } from './show-step.ts';

type Done = Extract<Step, { step: 'done' }>;

/** Completes a sign-in: with a code, the response to admin consent, or tokens for the device. */
export function endSignIn(signIn: SignIn, step: Done): void {
  const { entra, flow } = signIn;
  const { returnTo } = flow.request;
  const { client, user, authentication } = step;
  const { displayName } = client.application;
  if (returnTo.kind === 'device' && !flow.confirmed) {
    show(signIn, (form) => deviceConfirmationPage(form, displayName, user));
    return;
  }
  entra.log({ type: 'sign-in', client: displayName, user: user.userPrincipalName });
  if (returnTo.kind === 'device') {
    entra.deviceCodes.approve(returnTo.userCode, authentication);
    sendPage(signIn.response, 200, deviceSignedInPage(displayName));
  } else if (returnTo.purpose === 'code') {
    sendCode(signIn, returnTo, step);
  } else {
    sendAdminConsent(signIn, returnTo);
  }
}

/** Rejects a sign-in: sends the error to the client, or shows it to the user if no client waits for a response. */
export function rejectSignIn(signIn: SignIn, error: EntraError): void {
  const { entra, response, flow } = signIn;
  const { returnTo } = flow.request;
  if (returnTo.kind === 'redirect') {
    const details = returnTo.purpose === 'adminConsent' ? { admin_consent: 'True' } : {};
    sendErrorToClient(entra, response, returnTo, error, details);
    return;
  }
  const trace = traceError(returnTo.correlationId, entra.now());
  logError(entra, 'authorize', error.number, trace.correlationId);
  observeError(response, error);
  sendPage(response, error.status, errorPage(error, trace));
}

/** Ends a sign-in that the user canceled, on the consent page or on the page that confirms a device. */
export function declineSignIn(signIn: SignIn): void {
  const { entra, response, flow } = signIn;
  const { returnTo } = flow.request;
  if (returnTo.kind === 'device') {
    entra.deviceCodes.decline(returnTo.userCode);
    sendPage(response, 200, deviceDeclinedPage);
  } else if (returnTo.purpose === 'code') {
    sendErrorToClient(entra, response, returnTo, entraError(65004, []), { error_subcode: 'cancel' });
  } else if (returnTo.purpose === 'adminConsent') {
    rejectSignIn(signIn, entraError(65004, [], { error: 'consent_required' }));
  } else {
    const error_description = 'The admin canceled the request';
    sendToClient(response, returnTo, { error: 'permission_denied', error_description });
  }
}

function sendCode(signIn: SignIn, returnTo: RedirectTo, step: Done): void {
  const { entra, response, flow } = signIn;
  const { request } = flow;
  const { client, user, authentication } = step;
  const clientId = client.application.appId;
  noteVisit(entra, signIn.request, response, { sessionId: authentication.sessionId, clientId });
  const code = entra.codes.issue({
    clientId,
    redirectUri: returnTo.redirectUri,
    platform: returnTo.platform,
    scope: request.scope,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    authentication,
    claims: request.claims,
    expiresAt: new Date(entra.now().getTime() + entra.lifetimes.authorizationCode * 1000),
  });
  sendToClient(response, returnTo, {
    code,
    client_info: request.wantsClientInfo ? clientInfo(user) : undefined,
    session_state: authentication.sessionId,
  });
}

/** Sends the successful response of "Admin consent on the Microsoft identity platform". */
function sendAdminConsent({ response, flow }: SignIn, returnTo: RedirectTo): void {
  sendToClient(response, returnTo, {
    admin_consent: 'True',
    tenant: tenant.id,
    scope: returnTo.purpose === 'adminConsent' ? flow.request.scope : undefined,
  });
}
