import { z } from 'zod';
import { microsoftGraphAppId } from '../../directory/first-party-applications.ts';
import { type EntraServices, numericDate } from '../entra-services.ts';
import { revokedAt } from '../revocation.ts';
import { authenticationSchema } from './authentication.ts';
import { readOwnToken } from './read-access-token.ts';

/** The claims of a token for Microsoft Graph. */
export interface GraphTokenClaims {
  /** The client that requested the token. */
  appId: string;
  /** Object ID of the user, or of the client's service principal if no user is signed in. */
  objectId: string;
  /** `user`: delegated, see `scopes`. `app`: application-only, see `roles`. */
  kind: 'user' | 'app';
  scopes: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  /** IDs of the role templates of the user's directory roles. */
  directoryRoles: ReadonlySet<string>;
  /** Whether the client handles claims challenges (client capability `CP1`). */
  handlesClaimsChallenges: boolean;
}

/**
 * Why a token is rejected. `revoked`: the user's sessions were revoked after it was issued. Its claims show whether
 * the client handles a claims challenge.
 */
export type GraphTokenRejection =
  | { reason: 'malformed' | 'signature' | 'issuer' | 'audience' | 'expired' }
  | { reason: 'revoked'; claims: GraphTokenClaims; revokedAt: Date };

/** Checks signature, issuer, audience (`https://graph.microsoft.com`), lifetime and revocation. Never throws. */
export type VerifyGraphToken = (
  token: string,
) => Promise<{ valid: true; claims: GraphTokenClaims } | ({ valid: false } & GraphTokenRejection)>;

const audiences = ['https://graph.microsoft.com', 'https://graph.microsoft.com/', microsoftGraphAppId];

const claimsSchema = z.object({
  aud: z.string(),
  appid: z.guid(),
  oid: z.guid(),
  exp: z.number(),
  nbf: z.number(),
  scp: z.string().optional(),
  roles: z.array(z.string()).default([]),
  wids: z.array(z.string()).default([]),
  xms_cc: z.array(z.string()).default([]),
  aio: z.string(),
});

/** Creates the token validation of Microsoft Graph. */
export function createGraphTokenVerifier(entra: EntraServices): VerifyGraphToken {
  return async (token) => {
    const read = await readOwnToken(entra, token);
    if (read.outcome === 'malformed') return { valid: false, reason: 'malformed' };
    if (read.outcome === 'wrongIssuer') return { valid: false, reason: 'issuer' };
    if (read.outcome !== 'read') return { valid: false, reason: 'signature' };
    if (!audiences.includes(String(read.claims.aud))) return { valid: false, reason: 'audience' };
    const parsed = claimsSchema.safeParse(read.claims);
    if (!parsed.success) return { valid: false, reason: 'malformed' };

    const { data } = parsed;
    const now = numericDate(entra.now());
    if (now >= data.exp || now < data.nbf) return { valid: false, reason: 'expired' };
    const claims: GraphTokenClaims = {
      appId: data.appid,
      objectId: data.oid,
      kind: data.scp === undefined ? 'app' : 'user',
      scopes: new Set(data.scp?.split(' ').filter(Boolean)),
      roles: new Set(data.roles),
      directoryRoles: new Set(data.wids),
      handlesClaimsChallenges: data.xms_cc.includes('CP1'),
    };
    const authentication = entra.secrets.open('token-context', authenticationSchema, data.aio);
    const revoked = authentication && revokedAt(entra.directory, authentication);
    return revoked
      ? { valid: false, reason: 'revoked', claims, revokedAt: revoked }
      : { valid: true, claims };
  };
}
