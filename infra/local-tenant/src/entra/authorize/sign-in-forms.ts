import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { observe } from '../../control-room/observed.ts';
import { isAdministrator, password as passwordOfEveryUser, type User } from '../../directory/users.ts';
import type { EntraServices } from '../entra-services.ts';
import { logError } from '../errors/error-response.ts';
import { type Parameters, readParameters } from '../parameters.ts';
import { assignAppRole } from '../scopes/app-roles.ts';
import { findClient } from '../scopes/client.ts';
import { requestKey } from '../scopes/consent.ts';
import type { Authentication } from '../tokens/authentication.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { findBySignInName } from './choose-account.ts';
import { continueSignIn } from './continue-sign-in.ts';
import { declineSignIn } from './end-sign-in.ts';
import { adminConsentRequests, asksForOrganization, userConsentRequests } from './required-consent.ts';
import { sendToClient } from './send-to-client.ts';
import { knownBrowserId, readSession, writeSession } from './session.ts';
import {
  type SignIn,
  showAccountName,
  showAccountPicker,
  showOneTimeCode,
  showPassword,
  unknownAccount,
} from './show-step.ts';
import { observeFlow, openFlow } from './sign-in-flow.ts';

type Form = (signIn: SignIn, parameters: Parameters) => void;

/** Creates a handler for a form on the sign-in pages: opens its flow, then calls `form`. */
export function signInForm(entra: EntraServices, form: Form): RequestHandler {
  return (request: Request, response: Response) => {
    const parameters = readParameters(request);
    const flow = openFlow(entra, parameters.get('flow'), knownBrowserId(request));
    observeFlow(response, flow);
    form({ entra, request, response, flow, session: readSession(entra, request) }, parameters);
  };
}

/** Handles the account picker, and the page that asks for a sign-in name. */
export const accountForm: Form = (signIn, parameters) => {
  const { entra, flow } = signIn;
  const { userId: _, ...undecided } = flow;
  if (parameters.get('pick') !== undefined) return showAccountPicker({ ...signIn, flow: undecided });
  if (parameters.get('other') !== undefined) return showAccountName({ ...signIn, flow: undecided });
  const account = parameters.get('account') ?? '';
  const user = findBySignInName(entra.directory, account);
  if (!user) {
    logError(entra, 'sign-in', 50034, flow.request.returnTo.correlationId);
    return showAccountName({ ...signIn, flow: undecided }, account, unknownAccount(account));
  }
  continueSignIn({ ...signIn, flow: { ...flow, userId: user.id } });
};

/** Handles the password page. */
export const passwordForm: Form = (signIn, parameters) => {
  const { entra, flow, session, response } = signIn;
  const user = entra.directory.findUser(flow.userId ?? '');
  if (!user) return showAccountPicker(signIn);
  const fail = (number: 50126 | 50057, text: string) => {
    logError(entra, 'sign-in', number, flow.request.returnTo.correlationId);
    showPassword(signIn, user, { number, text });
  };
  if (!isPassword(entra, user, parameters.get('password') ?? '')) {
    const changed = entra.directory.state.userChanges[user.id]?.passwordDigest !== undefined;
    const advice = changed
      ? 'It was changed with a switch of the local tenant.'
      : 'The password is printed below.';
    return fail(50126, `Your account or password is incorrect. ${advice}`);
  }
  if (!user.accountEnabled) return fail(50057, 'Your account has been disabled. Contact your administrator.');

  const signedIn: Authentication = {
    userId: user.id,
    sessionId: randomUUID(),
    authenticatedAt: entra.now().getTime(),
    methods: ['pwd'],
    contexts: [],
  };
  const accounts = [...session.filter(({ userId }) => userId !== user.id), signedIn];
  writeSession(entra, response, accounts);
  continueSignIn({ ...signIn, session: accounts });
};

/** Handles the one-time code. Keeps the second factor in the session, with the requested authentication contexts. */
export const oneTimeCodeForm: Form = (signIn, parameters) => {
  const { entra, flow, session, response } = signIn;
  const { returnTo } = flow.request;
  const user = entra.directory.findUser(flow.userId ?? '');
  if (!user) return showAccountPicker(signIn);
  if (parameters.get('cancel') !== undefined) return cancelSignIn(signIn);
  if (flow.oneTimeCode === undefined || !isEqual(parameters.get('otc')?.trim() ?? '', flow.oneTimeCode)) {
    logError(entra, 'sign-in', 500121, returnTo.correlationId);
    const text = 'You didn’t enter the expected code. Enter the one that is shown now.';
    observe(response, { error: { number: 500121, text } });
    return showOneTimeCode(signIn, user, { number: 500121, text });
  }
  const { contexts } = readClaimsRequest(flow.request.claims);
  const accounts = session.map((account) =>
    account.userId === user.id
      ? {
          ...account,
          methods: ['pwd' as const, 'mfa' as const],
          contexts: [...new Set([...account.contexts, ...contexts])],
        }
      : account,
  );
  writeSession(entra, response, accounts);
  continueSignIn({ ...signIn, session: accounts });
};

/** Handles the consent page: stores the grants it listed, or tells the client that the user declined. */
export const consentForm: Form = (signIn, parameters) => {
  const { entra, flow, session } = signIn;
  const answer = parameters.get('consent');
  if (answer === 'return') return cancelSignIn(signIn);
  if (answer !== 'accept') return declineSignIn(signIn);
  const user = entra.directory.findUser(flow.userId ?? '');
  if (user && session.some(({ userId }) => userId === user.id)) {
    grantListedPermissions(signIn, user, parameters.get('organization') === '1');
  }
  continueSignIn({ ...signIn, flow: { ...flow, consented: true } });
};

/** Handles the page that asks whether the waiting device is the user's own. */
export const deviceForm: Form = (signIn, parameters) => {
  if (parameters.get('continue') !== 'yes') return declineSignIn(signIn);
  continueSignIn({ ...signIn, flow: { ...signIn.flow, confirmed: true } });
};

/** Grants the listed permissions. Computes them again: the form only proves which of them the user saw. */
function grantListedPermissions({ entra, flow }: SignIn, user: User, organizationChecked: boolean): void {
  const { directory } = entra;
  const client = findClient(directory, flow.request.returnTo.clientId);
  const administrator = isAdministrator(user);
  const isAdminConsent = asksForOrganization(flow);
  const forOrganization = administrator && (organizationChecked || isAdminConsent);
  const requests = isAdminConsent
    ? adminConsentRequests(directory, client, flow)
    : userConsentRequests(directory, client, flow, user);
  const consented = requests.filter(
    (one) => flow.listed.includes(requestKey(one)) && (administrator || one.permission.type === 'User'),
  );
  for (const { client: asking, resource, permission, kind } of consented) {
    if (kind === 'application') {
      if (forOrganization) assignAppRole(directory, asking, resource, permission.id);
      continue;
    }
    directory.grant({
      clientId: asking.servicePrincipal.id,
      resourceId: resource.servicePrincipal.id,
      ...(forOrganization
        ? { consentType: 'AllPrincipals', principalId: null }
        : { consentType: 'Principal', principalId: user.id }),
      scopes: [permission.value],
    });
  }
  entra.log({ type: 'consent', client: client.application.displayName, user: user.userPrincipalName });
}

function isPassword({ directory }: EntraServices, user: User, typed: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const changed = directory.state.userChanges[user.id]?.passwordDigest;
  const expected = changed === undefined ? digest(passwordOfEveryUser) : Buffer.from(changed, 'base64url');
  return timingSafeEqual(digest(typed), expected);
}

/** Sends the user back to the client, if it waits for a code; otherwise as if they had declined. */
function cancelSignIn(signIn: SignIn): void {
  const { returnTo } = signIn.flow.request;
  if (returnTo.kind === 'redirect' && returnTo.purpose === 'code')
    sendToClient(signIn.response, returnTo, { error: 'access_denied', error_subcode: 'cancel' });
  else declineSignIn(signIn);
}

/** Compares two texts in constant time. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
