import { randomInt } from 'node:crypto';
import type { Request, Response } from 'express';
import { observe } from '../../control-room/observed.ts';
import { tenant } from '../../directory/directory.ts';
import type { User } from '../../directory/users.ts';
import type { EntraServices } from '../entra-services.ts';
import {
  accountNamePage,
  accountPickerPage,
  type FieldError,
  type FormState,
  oneTimeCodePage,
  passwordPage,
} from '../pages/account-pages.ts';
import { type Page, sendPage } from '../pages/page.ts';
import type { Authentication } from '../tokens/authentication.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** A sign-in in progress, in one browser. */
export interface SignIn {
  entra: EntraServices;
  request: Request;
  response: Response;
  flow: SignInFlow;
  session: readonly Authentication[];
}

/** Sends a page whose forms contain the sealed sign-in flow. */
export function show({ entra, response, flow }: SignIn, page: (form: FormState) => Page): void {
  const form = { base: `/${tenant.id}`, flow: entra.secrets.seal('sign-in', flow) };
  const { returnTo } = flow.request;
  sendPage(response, 200, page(form), returnTo.kind === 'redirect' ? returnTo : undefined);
}

export function showAccountPicker(signIn: SignIn): void {
  const { entra, flow, session } = signIn;
  const signedIn = new Set(session.map(({ userId }) => userId));
  show(signIn, (form) => accountPickerPage(form, appName(entra, flow), entra.directory.users, signedIn));
}

export function showAccountName(signIn: SignIn, typed = '', error?: FieldError): void {
  if (error) observe(signIn.response, { error });
  show(signIn, (form) => accountNamePage(form, appName(signIn.entra, signIn.flow), typed, error));
}

export function showPassword(signIn: SignIn, user: User, error?: FieldError): void {
  if (error) observe(signIn.response, { error });
  show(signIn, (form) => passwordPage(form, appName(signIn.entra, signIn.flow), user, error));
}

/** Asks for a one-time code, each time for another one. */
export function showOneTimeCode(signIn: SignIn, user: User, error?: FieldError): void {
  const oneTimeCode = String(randomInt(1_000_000)).padStart(6, '0');
  show({ ...signIn, flow: { ...signIn.flow, oneTimeCode } }, (form) =>
    oneTimeCodePage(form, user, oneTimeCode, error),
  );
}

export const unknownAccount = (account: string): FieldError => ({
  number: 50034,
  text:
    account === ''
      ? 'Enter a valid email address or user name.'
      : 'We couldn’t find an account with that user name.',
});

const appName = ({ directory }: EntraServices, { request }: SignInFlow): string =>
  directory.findApplication(request.returnTo.clientId)?.displayName ?? '';
