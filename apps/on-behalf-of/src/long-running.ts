import type { AccessToken } from '@obo/access-token';
import { CallFailed, withDeadline } from '@obo/service-defaults/calls';
import { measureSpan, requestBudget } from '@obo/service-defaults/observability';
import type { Redeem } from './exchange.ts';
import { identityProviderUnavailable, tokenExchangeFailed } from './exchange-problems.ts';

/** A user, as the identity provider identifies them. */
export interface User {
  tenantId: string;
  objectId: string;
}

/** The user's key in caches and circuits: that of an `AccessToken` of the user. */
export const userKeyOf = ({ tenantId, objectId }: User): string => `${tenantId}.${objectId}`;

/** What is needed to act for a user who is gone. It is as good as the user's access, so it is stored encrypted. */
export interface LongRunningSession extends User {
  /** Redeems for any resource that the user consented to, and only with the credential of this API. */
  refreshToken: string;
}

/**
 * Acts for users after the request that they made: Microsoft.Identity.Web calls it a long-running process.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow"; "Refresh tokens in the Microsoft identity
 * platform".
 */
export interface LongRunningSessions {
  /**
   * Exchanges the caller's token for a session. MSAL requests `offline_access` with every exchange, so that the response
   * contains a refresh token.
   *
   * @param scopes Scopes of one resource, each with its resource. The user has to have consented to them.
   * @throws {Problem} as an exchange does; `token_exchange_failed` if the response contains no refresh token.
   */
  beginSession(token: AccessToken, scopes: readonly string[]): Promise<LongRunningSession>;
  /**
   * Redeems the session's refresh token for an access token for one resource.
   *
   * @param scopes As for {@link beginSession}; of any resource.
   * @returns the access token, and the session that replaces this one: refresh tokens are replaced when they are used.
   * @throws {Problem} as an exchange does. `invalid_token` if the user has to sign in again, because the refresh token has
   *   expired or was revoked, or because the user was disabled.
   */
  renewSession(
    session: LongRunningSession,
    scopes: readonly string[],
  ): Promise<{ accessToken: string; session: LongRunningSession }>;
}

/**
 * Creates what begins and renews sessions. The caller stores them.
 *
 * @param redeem Acquires the tokens.
 */
export const createLongRunningSessions = (redeem: Redeem): LongRunningSessions => ({
  async beginSession(token, scopes) {
    const { tid: tenantId, oid: objectId } = token.claims;
    try {
      const { refreshToken } = await measureSpan('session_token', () =>
        withDeadline(requestBudget, () => redeem(token, scopes)),
      );
      if (refreshToken === undefined)
        throw tokenExchangeFailed(new Error('The identity provider returned no refresh token'));
      return { tenantId, objectId, refreshToken };
    } catch (error) {
      throw error instanceof CallFailed ? identityProviderUnavailable(error) : error;
    }
  },
  async renewSession({ tenantId, objectId, refreshToken: current }, scopes) {
    const user = { tenantId, objectId };
    const claims = { tid: tenantId, oid: objectId };
    const held = { userKey: userKeyOf(user), claims, refreshToken: current };
    const { accessToken, refreshToken = current } = await redeem(held, scopes);
    return { accessToken, session: { ...user, refreshToken } };
  },
});
