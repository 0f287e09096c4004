import { AuthError, InteractionRequiredAuthError, type IPublicClientApplication } from '@azure/msal-browser';

/** No token can be acquired silently: the session expired, or the identity provider requires the user. */
export class SignInRequired extends Error {
  override readonly name = 'SignInRequired';
}

/**
 * Acquires an access token for the middle tier: from MSAL's cache, else with the refresh token, else through a
 * hidden iframe.
 *
 * @param options.forceRefresh Bypasses the cache, for a token that the API rejected.
 * @throws {SignInRequired} if the user must sign in.
 * @throws {AuthError} if the identity provider cannot be reached or rejects the request.
 */
export async function acquireAccessToken(
  client: IPublicClientApplication,
  scopes: string[],
  { forceRefresh = false } = {},
): Promise<string> {
  try {
    const { accessToken } = await client.acquireTokenSilent({ scopes, forceRefresh });
    return accessToken;
  } catch (error) {
    if (isInteractionRequired(error)) throw new SignInRequired(undefined, { cause: error });
    throw error;
  }
}

/** `timed_out` comes from the hidden iframe, which may get no response where third-party cookies are blocked. */
function isInteractionRequired(error: unknown): boolean {
  if (error instanceof InteractionRequiredAuthError) return true;
  return error instanceof AuthError && ['timed_out', 'no_account_error'].includes(error.errorCode);
}
