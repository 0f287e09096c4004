import type { TokenContent } from '@obo/access-token';

/** A caller's access token, without the token: all that is needed to cache what was acquired for it. */
export interface Caller extends Pick<TokenContent, 'userKey' | 'digest' | 'assertionKey'> {
  readonly claims: Readonly<Pick<TokenContent['claims'], 'tid' | 'oid' | 'exp'>>;
}

/** How a user came back from the authorization endpoint. */
export interface Redirect {
  code: string;
  /** The secret whose hash the request contained (RFC 7636). */
  codeVerifier: string;
  redirectUri: string;
}

/**
 * Acquires tokens by the authorization code flow, for a user whose client cannot act on a challenge: the user signs in to
 * this API itself, in a browser.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 authorization code flow".
 */
export interface AuthorizationCodes {
  /**
   * Redeems a code. From then on, calls with the caller's token get this token in place of an exchanged one, in all
   * instances that share their tokens, until either of the two expires.
   *
   * @param caller The caller's access token, validated.
   * @param scopes Scopes of one resource, each with its resource.
   * @throws {Problem} `token_exchange_failed` if another user signed in; otherwise as an exchange does.
   */
  redeemCode(redirect: Redirect, caller: Caller, scopes: readonly string[]): Promise<void>;
}
