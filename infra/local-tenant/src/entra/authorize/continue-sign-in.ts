import type { Request, Response } from 'express';
import { observe } from '../../control-room/observed.ts';
import type { User } from '../../directory/users.ts';
import type { EntraServices } from '../entra-services.ts';
import { EntraError } from '../errors/entra-error.ts';
import { adminApprovalPage, consentPage } from '../pages/consent-pages.ts';
import { requestKey } from '../scopes/consent.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { decideStep, type Step } from './decide-step.ts';
import { endSignIn, rejectSignIn } from './end-sign-in.ts';
import { browserId, readSession } from './session.ts';
import {
  type SignIn,
  show,
  showAccountName,
  showAccountPicker,
  showOneTimeCode,
  showPassword,
  unknownAccount,
} from './show-step.ts';
import { observeFlow } from './sign-in-flow.ts';

/** Starts a sign-in for an authorization request, in the browser that sent it. */
export function startSignIn(
  entra: EntraServices,
  request: Request,
  response: Response,
  authorizationRequest: AuthorizationRequest,
): void {
  const flow = {
    request: authorizationRequest,
    listed: [],
    consented: false,
    confirmed: false,
    browserId: browserId(request, response),
  };
  continueSignIn({ entra, request, response, flow, session: readSession(entra, request) });
}

/**
 * Continues a sign-in: shows the page for what is missing (account, password, second factor, consent), or sends the
 * response to the client.
 */
export function continueSignIn(signIn: SignIn): void {
  const { entra, response, flow, session } = signIn;
  observeFlow(response, flow);
  try {
    take(signIn, decideStep(entra, flow, session));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    rejectSignIn(signIn, error);
  }
}

function take(signIn: SignIn, step: Step): void {
  if (step.step === 'pickAccount') {
    showAccountPicker(signIn);
  } else if (step.step === 'nameAccount') {
    showAccountName(signIn, step.account, unknownAccount(step.account));
  } else {
    const { user } = step;
    observe(signIn.response, { userId: user.id });
    takeAs(user, { ...signIn, flow: { ...signIn.flow, userId: user.id } }, step);
  }
}

function takeAs(
  user: User,
  signIn: SignIn,
  step: Exclude<Step, { step: 'pickAccount' | 'nameAccount' }>,
): void {
  switch (step.step) {
    case 'password':
      showPassword(signIn, user);
      break;
    case 'secondFactor':
      showOneTimeCode(signIn, user);
      break;
    case 'consent':
      show({ ...signIn, flow: { ...signIn.flow, listed: step.requests.map(requestKey) } }, (form) =>
        consentPage(form, step.client, user, step.requests, step.forOrganization),
      );
      break;
    case 'administratorConsent':
      show(signIn, (form) => adminApprovalPage(form, step.client, user, step.requests, step.rejection));
      break;
    case 'done':
      endSignIn(signIn, step);
  }
}
