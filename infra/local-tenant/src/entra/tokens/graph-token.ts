/** What Microsoft Graph needs to know of a token that was issued for it. */
export interface GraphTokenClaims {
  /** Client that asked for the token. */
  appId: string;
  /** Object id of the user, or of the client's service principal when nobody is signed in. */
  objectId: string;
  /** `user`: delegated, see `scopes`. `app`: application-only, see `roles`. */
  kind: 'user' | 'app';
  scopes: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  /** Role template ids of the user's directory roles. */
  directoryRoles: ReadonlySet<string>;
  /** The client handles claims challenges (client capability `CP1`). */
  handlesClaimsChallenges: boolean;
}

/**
 * Why a token is rejected. `revoked`: the user's sessions were revoked after the token was issued;
 * its claims are given, so that the answer can be a claims challenge for clients that handle one.
 */
export type GraphTokenRejection =
  | { reason: 'malformed' | 'signature' | 'issuer' | 'audience' | 'expired' }
  | { reason: 'revoked'; claims: GraphTokenClaims; revokedAt: Date };

/** Checks signature, issuer, audience (`https://graph.microsoft.com`), lifetime and revocation. Never throws. */
export type VerifyGraphToken = (
  token: string,
) => Promise<{ valid: true; claims: GraphTokenClaims } | ({ valid: false } & GraphTokenRejection)>;
