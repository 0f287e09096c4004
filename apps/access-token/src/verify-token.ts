import type { SigningKey } from './signing-keys.ts';

/** The libraries that can verify tokens. The first is the default. */
export const validators = ['passport-azure-ad', 'jose'] as const;
export type Validator = (typeof validators)[number];

/**
 * Verifies signature, issuer, audience and lifetime of a token. Each library has a function of this type.
 *
 * @returns the claims.
 * @throws {TokenRejected}
 */
export type VerifyToken = (token: string, key: SigningKey) => Promise<unknown>;

export interface VerifyOptions {
  issuers: string[];
  /** The API's own application (client) ID, and what else names the API. */
  audiences: [clientId: string, ...others: string[]];
  /** Seconds. */
  clockTolerance: number;
}
