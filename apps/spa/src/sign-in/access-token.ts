import { AuthError, InteractionRequiredAuthError } from '@azure/msal-browser';
import { getClient } from './client-application.ts';

/** No token can be had without the person: the session ended, or the identity provider asks for more. */
export class SignInRequired extends Error {
  override readonly name = 'SignInRequired';
}

/**
 * An access token for the middle tier: from MSAL's cache, else by refresh token, else by hidden iframe.
 *
 * @param options.forceRefresh Goes round the cache, for a token that the API did not accept.
 * @throws {SignInRequired} if only the person can help.
 * @throws {AuthError} if the identity provider cannot be reached or refuses.
 */
export async function getAccessToken({ forceRefresh = false } = {}): Promise<string> {
  const { application, scopes } = await getClient();
  try {
    const { accessToken } = await application.acquireTokenSilent({ scopes, forceRefresh });
    return accessToken;
  } catch (error) {
    if (isInteractionRequired(error)) throw new SignInRequired(undefined, { cause: error });
    throw error;
  }
}

/** `timed_out` is the hidden iframe's: browsers that block third-party cookies may leave it without an answer. */
export function isInteractionRequired(error: unknown): boolean {
  if (error instanceof InteractionRequiredAuthError) return true;
  return error instanceof AuthError && ['timed_out', 'no_account_error'].includes(error.errorCode);
}
