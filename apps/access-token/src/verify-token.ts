import type { SigningKey } from './signing-keys.ts';

/**
 * Verifies signature, issuer, audience and lifetime of a token. Each library has a function of this type.
 *
 * @returns the claims.
 * @throws {TokenRejected}
 */
export type VerifyToken = (token: string, key: SigningKey) => Promise<unknown>;

export interface VerifyOptions {
  issuers: string[];
  audiences: string[];
  /** Seconds. */
  clockTolerance: number;
}
