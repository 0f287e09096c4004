import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { microsoftGraphAppId } from '../directory/first-party-applications.ts';
import type {
  GraphTokenClaims,
  GraphTokenRejection,
  VerifyGraphToken,
} from '../entra/tokens/verify-graph-token.ts';
import { GraphError } from './graph-error.ts';

const messages: Record<Exclude<GraphTokenRejection['reason'], 'revoked'>, string> = {
  malformed: 'IDX14100: JWT is not well formed, there are no dots (.).',
  signature: 'Signature is invalid.',
  issuer: 'Access token validation failure. Invalid issuer.',
  audience: 'Access token validation failure. Invalid audience.',
  expired: 'Lifetime validation failed, the token is expired.',
};

const callers = new WeakMap<object, GraphTokenClaims>();

/**
 * Returns the claims of the request's token.
 *
 * @throws {Error} if the request did not pass `authenticate`.
 */
export function callerOf(request: object): GraphTokenClaims {
  const claims = callers.get(request);
  if (!claims) throw new Error('The request was not authenticated.');
  return claims;
}

/**
 * Requires a valid access token for Microsoft Graph.
 *
 * For a token whose sessions were revoked, sends a claims challenge if the client handles one ("Claims challenges,
 * claims requests, and client capabilities"). Otherwise the token stays valid until it expires: Graph does not
 * evaluate tokens of such clients continuously.
 */
export function authenticate({
  verifyGraphToken,
  baseUrl,
}: {
  verifyGraphToken: VerifyGraphToken;
  baseUrl: string;
}): RequestHandler {
  const challenge = `Bearer realm="", authorization_uri="${baseUrl}/common/oauth2/authorize", client_id="${microsoftGraphAppId}"`;
  const reject = (message: string, more = '') =>
    new GraphError(401, 'InvalidAuthenticationToken', message, {
      headers: { 'WWW-Authenticate': challenge + more },
    });

  return async (request: Request, _response: Response, next: NextFunction) => {
    const token = /^Bearer +(?<token>\S+) *$/i.exec(request.get('authorization') ?? '')?.groups?.token;
    if (!token) throw reject('Access token is empty.');
    const result = await verifyGraphToken(token);
    if (result.valid) callers.set(request, result.claims);
    else if (result.reason !== 'revoked') throw reject(messages[result.reason]);
    else if (result.claims.handlesClaimsChallenges) throw reject(revoked, claimsChallenge(result.revokedAt));
    else callers.set(request, result.claims);
    next();
  };
}

const revoked =
  'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp';

function claimsChallenge(revokedAt: Date): string {
  const notBefore = { essential: true, value: String(Math.floor(revokedAt.getTime() / 1000)) };
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf: notBefore } })).toString('base64');
  return `, error_description="${revoked}", error="insufficient_claims", claims="${claims}"`;
}
