import type { Challenge } from './challenge.ts';
import { getClient } from './client-application.ts';
import { decodeClaims } from './decode-claims.ts';
import { describeSignInFailure } from './describe-sign-in-failure.ts';
import { keepInterruptedAction } from './interrupted-action.ts';
import type { Notice } from './notice.ts';
import { isLeavingAlready } from './sign-in.ts';

/**
 * Leaves for the identity provider to give it what an API asked for, and comes back to this page. Call it
 * only when the person asked for it: a challenge that cannot be met would otherwise turn in circles.
 *
 * @param action What the person was doing, to be repeated on return.
 * @returns What to tell the person if the browser did not leave; `null` if there is nothing to tell.
 */
export async function answerChallenge(challenge: Challenge, action?: unknown): Promise<Notice | null> {
  try {
    const { application, scopes } = await getClient();
    const account = application.getActiveAccount();
    await application.acquireTokenRedirect({
      scopes: challenge.kind === 'consent' ? challenge.scopes : scopes,
      ...(account ? { account } : {}),
      ...(challenge.kind === 'consent' ? { prompt: 'consent' } : {}),
      ...(challenge.kind === 'claims' ? { claims: decodeClaims(challenge.claims) } : {}),
      ...(account && action !== undefined
        ? { state: keepInterruptedAction(account.homeAccountId, action) }
        : {}),
    });
    return null;
  } catch (error) {
    return isLeavingAlready(error) ? null : describeSignInFailure(error);
  }
}
