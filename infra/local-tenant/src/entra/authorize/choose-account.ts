import { z } from 'zod';
import type { Directory } from '../../directory/directory.ts';
import type { Person } from '../../directory/people.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Authentication } from '../tokens/authentication.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** Who signs in, as far as that is settled without asking. */
export type AccountChoice =
  | { outcome: 'chosen'; person: Person }
  | { outcome: 'ask' }
  | { outcome: 'unknown'; account: string };

/**
 * Works out who signs in from what the person chose, the hints of the request, and who is signed in already.
 *
 * @throws {EntraError} with `prompt=none` and nobody to choose: 50058, 16000, 160021.
 */
export function chooseAccount(
  entra: EntraServices,
  flow: SignInFlow,
  session: readonly Authentication[],
): AccountChoice {
  const { request } = flow;
  const silent = request.prompt === 'none';
  const chosen = flow.personId && entra.directory.findPerson(flow.personId);
  if (chosen) return { outcome: 'chosen', person: chosen };
  if (silent && session.length === 0) throw entraError(50058, []);

  const hinted = hintedAccount(entra, flow, session);
  if (hinted && silent && !session.some(({ personId }) => hinted.person?.id === personId))
    throw entraError(160021, []);
  if (request.prompt === 'select_account') return { outcome: 'ask' };
  if (hinted) {
    return hinted.person
      ? { outcome: 'chosen', person: hinted.person }
      : { outcome: 'unknown', account: hinted.account };
  }
  const [only, another] = session;
  if (only && !another) {
    const person = entra.directory.findPerson(only.personId);
    if (person) return { outcome: 'chosen', person };
  }
  if (silent) throw entraError(16000, []);
  return { outcome: 'ask' };
}

function hintedAccount(
  { directory, secrets }: EntraServices,
  { request }: SignInFlow,
  session: readonly Authentication[],
): { account: string; person: Person | undefined } | undefined {
  if (request.sessionId !== undefined) {
    const signedIn = session.find(({ sessionId }) => sessionId === request.sessionId);
    if (signedIn) return { account: '', person: directory.findPerson(signedIn.personId) };
    return request.prompt === 'none' ? { account: '', person: undefined } : undefined;
  }
  if (request.loginHint === undefined) return undefined;
  const account = secrets.open('login-hint', z.string(), request.loginHint) ?? request.loginHint;
  return { account, person: findBySignInName(directory, account) };
}

/** People sign in with their user principal name or, if another tenant is their home, with their mail address. */
export function findBySignInName(directory: Directory, account: string): Person | undefined {
  const wanted = account.trim().toLowerCase();
  return (
    directory.people.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === wanted) ??
    directory.people.find(({ mail }) => mail.toLowerCase() === wanted)
  );
}
