import { randomBytes } from 'node:crypto';
import type { Authentication } from '../tokens/authentication.ts';

/** The authorization behind a code. */
export interface AuthorizationCodeGrant {
  clientId: string;
  redirectUri: string;
  platform: 'spa' | 'web' | 'publicClient';
  /** The `scope` parameter as it was sent. */
  scope: string;
  nonce: string | undefined;
  codeChallenge: string | undefined;
  codeChallengeMethod: 'S256' | 'plain';
  authentication: Authentication;
  /** The `claims` parameter as it was sent. */
  claims: string | undefined;
  expiresAt: Date;
}

/**
 * Authorization codes (RFC 6749 §4.1.2). Each can be redeemed once, and is kept in memory for an hour after it
 * expires.
 */
export interface AuthorizationCodes {
  issue(grant: AuthorizationCodeGrant): string;
  /** Redeems a code. Returns `'redeemed'` if it was redeemed before, `undefined` if it was never issued. */
  redeem(code: string, now: Date): AuthorizationCodeGrant | 'redeemed' | undefined;
  forget(): void;
}

const keptAfterExpiryMs = 60 * 60 * 1000;

export function createAuthorizationCodes(): AuthorizationCodes {
  const codes = new Map<string, { grant: AuthorizationCodeGrant; redeemed: boolean }>();
  return {
    issue(grant) {
      const code = `1.${randomBytes(48).toString('base64url')}`;
      codes.set(code, { grant, redeemed: false });
      return code;
    },
    redeem(code, now) {
      for (const [old, { grant }] of codes) {
        if (grant.expiresAt.getTime() + keptAfterExpiryMs < now.getTime()) codes.delete(old);
      }
      const found = codes.get(code);
      if (!found) return undefined;
      if (found.redeemed) return 'redeemed';
      found.redeemed = true;
      return found.grant;
    },
    forget: () => codes.clear(),
  };
}
