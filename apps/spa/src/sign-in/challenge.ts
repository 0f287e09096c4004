import type { IPublicClientApplication } from '@azure/msal-browser';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { storeInterruptedAction } from './interrupted-action.ts';
import type { Notice } from './notice.ts';

/** What an API requires of the user before it can act on their behalf. */
export type Challenge =
  | { kind: 'consent'; scopes: string[] }
  /** `claims` is base64 JSON (Entra: "Claims challenges, claims requests, and client capabilities"). */
  | { kind: 'claims'; claims: string }
  /** With `prompt`, the user signs in even if the identity provider has a session. */
  | { kind: 'sign-in'; prompt?: 'login' };

/**
 * Redirects to the identity provider to satisfy a challenge, and returns to this page. Call it only when the user
 * chose to: a challenge that cannot be satisfied would otherwise redirect for ever.
 *
 * @param scopes What to request, unless the challenge names scopes.
 * @param action What the user was doing, to be repeated on return.
 * @returns What to tell the user if the redirect failed; `null` if there is nothing to tell.
 */
export async function answerChallenge(
  client: IPublicClientApplication,
  scopes: string[],
  challenge: Challenge,
  action?: unknown,
): Promise<Notice | null> {
  const account = client.getActiveAccount();
  if (account && action !== undefined) storeInterruptedAction(account.homeAccountId, action);
  try {
    await client.acquireTokenRedirect({
      scopes,
      ...(account ? { account } : {}),
      ...requestOf(challenge),
    });
    return null;
  } catch (error) {
    return describeSignInFailure(error);
  }
}

function requestOf(challenge: Challenge) {
  switch (challenge.kind) {
    case 'consent':
      return { scopes: challenge.scopes, prompt: 'consent' };
    case 'claims':
      return { claims: decodeClaims(challenge.claims) };
    case 'sign-in':
      return challenge.prompt ? { prompt: challenge.prompt } : {};
  }
}

/**
 * Decodes the claims request of a challenge into the JSON that MSAL and `/authorize` expect.
 *
 * @param claims base64 or base64url of JSON in UTF-8.
 * @throws {SyntaxError} if it is not JSON.
 * @throws {DOMException} if it is not base64.
 */
export function decodeClaims(claims: string): string {
  const binary = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
  const text = new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  return JSON.stringify(JSON.parse(text));
}
