import type { Request, Response } from 'express';
import { isAdministrator } from '../../directory/administrators.ts';
import { tenant } from '../../directory/directory.ts';
import type { Person } from '../../directory/people.ts';
import type { EntraServices } from '../entra-services.ts';
import { EntraError, entraError } from '../errors/entra-error.ts';
import {
  accountNamePage,
  accountPickerPage,
  approvalPage,
  type FieldError,
  type FormState,
  passwordPage,
} from '../pages/account-pages.ts';
import { adminApprovalPage, consentPage } from '../pages/consent-pages.ts';
import { type Page, sendPage } from '../pages/page.ts';
import { requestKey } from '../scopes/consent.ts';
import type { Authentication } from '../tokens/authentication.ts';
import { clientInfo } from '../tokens/id-token.ts';
import { answerClient, refuseClient } from './answer-client.ts';
import { decideStep, type Step } from './decide-step.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** A sign-in under way, in one browser. */
export interface SignIn {
  entra: EntraServices;
  request: Request;
  response: Response;
  flow: SignInFlow;
  session: readonly Authentication[];
}

/**
 * Takes the next step of a sign-in: shows the page for whatever is still missing (account, password, second factor,
 * consent), or answers the client.
 */
export function continueSignIn(signIn: SignIn): void {
  const { entra, response, flow, session } = signIn;
  try {
    take(signIn, decideStep(entra, flow, session));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    refuseClient(entra, response, flow.request.returnTo, error);
  }
}

function take(signIn: SignIn, step: Step): void {
  if (step.step === 'pickAccount') {
    showAccountPicker(signIn);
  } else if (step.step === 'nameAccount') {
    showAccountName(signIn, step.account, unknownAccount(step.account));
  } else {
    const { person } = step;
    takeAs(person, { ...signIn, flow: { ...signIn.flow, personId: person.id } }, step);
  }
}

function takeAs(
  person: Person,
  signIn: SignIn,
  step: Exclude<Step, { step: 'pickAccount' | 'nameAccount' }>,
): void {
  switch (step.step) {
    case 'password':
      showPassword(signIn, person);
      break;
    case 'secondFactor':
      show(signIn, (form) => approvalPage(form, person));
      break;
    case 'consent':
      show({ ...signIn, flow: { ...signIn.flow, listed: step.requests.map(requestKey) } }, (form) =>
        consentPage(form, step.client, person, step.requests, isAdministrator(person)),
      );
      break;
    case 'administratorConsent':
      show(signIn, (form) =>
        adminApprovalPage(form, step.client, person, step.requests, {
          number: 90094,
          text: administratorNeeded(step.client.application.displayName).text,
        }),
      );
      break;
    case 'done':
      answerWithCode(signIn, step);
  }
}

function answerWithCode(
  { entra, response, flow }: SignIn,
  { client, person, authentication }: Extract<Step, { step: 'done' }>,
): void {
  const { returnTo, ...request } = flow.request;
  const code = entra.codes.issue({
    clientId: client.application.appId,
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
  entra.log({ type: 'sign-in', client: client.application.displayName, person: person.userPrincipalName });
  answerClient(response, returnTo, {
    code,
    client_info: request.wantsClientInfo ? clientInfo(person) : undefined,
    session_state: authentication.sessionId,
  });
}

/** Sends a page whose forms carry the flow on. */
export function show({ entra, response, flow }: SignIn, page: (form: FormState) => Page): void {
  const form = { base: `/${tenant.id}`, flow: entra.secrets.seal('sign-in', flow) };
  sendPage(response, 200, page(form), flow.request.returnTo.redirectUri);
}

export function showAccountPicker(signIn: SignIn): void {
  const { entra, flow, session } = signIn;
  const signedIn = new Set(session.map(({ personId }) => personId));
  show(signIn, (form) => accountPickerPage(form, appName(entra, flow), entra.directory.people, signedIn));
}

export function showAccountName(signIn: SignIn, typed = '', error?: FieldError): void {
  show(signIn, (form) => accountNamePage(form, appName(signIn.entra, signIn.flow), typed, error));
}

export function showPassword(signIn: SignIn, person: Person, error?: FieldError): void {
  show(signIn, (form) => passwordPage(form, appName(signIn.entra, signIn.flow), person, error));
}

export const unknownAccount = (account: string): FieldError => ({
  number: 50034,
  text:
    account === ''
      ? 'Enter a valid email address or user name.'
      : 'We couldn’t find an account with that user name.',
});

/** Nobody but an administrator can consent to what this application asks for. */
export const administratorNeeded = (name: string): EntraError => entraError(90094, [name]);

const appName = ({ directory }: EntraServices, { request }: SignInFlow): string =>
  directory.findApplication(request.returnTo.clientId)?.displayName ?? '';
