import { z } from 'zod';
import type { Directory } from '../../directory/directory.ts';
import type { User } from '../../directory/users.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Authentication } from '../tokens/authentication.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** Which user signs in, if it can be decided without asking. */
export type AccountChoice =
  | { outcome: 'chosen'; user: User }
  | { outcome: 'ask' }
  | { outcome: 'unknown'; account: string };

/**
 * Decides which user signs in, from the user's choice, the request's hints and the existing sessions.
 *
 * @throws {EntraError} 50058, 16000, 160021 if `prompt=none` and no user can be chosen.
 */
export function chooseAccount(
  entra: EntraServices,
  flow: SignInFlow,
  session: readonly Authentication[],
): AccountChoice {
  const { request } = flow;
  const silent = request.prompt === 'none';
  const chosen = flow.userId && entra.directory.findUser(flow.userId);
  if (chosen) return { outcome: 'chosen', user: chosen };
  if (silent && session.length === 0) throw entraError(50058, []);

  const hinted = hintedAccount(entra, flow, session);
  if (hinted && silent && !session.some(({ userId }) => hinted.user?.id === userId))
    throw entraError(160021, []);
  if (request.prompt === 'select_account') return { outcome: 'ask' };
  if (hinted) {
    return hinted.user
      ? { outcome: 'chosen', user: hinted.user }
      : { outcome: 'unknown', account: hinted.account };
  }
  const [only, another] = session;
  if (only && !another) {
    const user = entra.directory.findUser(only.userId);
    if (user) return { outcome: 'chosen', user };
  }
  if (silent) throw entraError(16000, []);
  return { outcome: 'ask' };
}

function hintedAccount(
  { directory, secrets }: EntraServices,
  { request }: SignInFlow,
  session: readonly Authentication[],
): { account: string; user: User | undefined } | undefined {
  if (request.sessionId !== undefined) {
    const signedIn = session.find(({ sessionId }) => sessionId === request.sessionId);
    if (signedIn) return { account: '', user: directory.findUser(signedIn.userId) };
    return request.prompt === 'none' ? { account: '', user: undefined } : undefined;
  }
  if (request.loginHint === undefined) return undefined;
  const account = secrets.open('login-hint', z.string(), request.loginHint) ?? request.loginHint;
  return { account, user: findBySignInName(directory, account) };
}

/** Finds a user by sign-in name: the user principal name, or the mail address of a guest. */
export function findBySignInName(directory: Directory, account: string): User | undefined {
  const wanted = account.trim().toLowerCase();
  return (
    directory.users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === wanted) ??
    directory.users.find(({ mail }) => mail.toLowerCase() === wanted)
  );
}
