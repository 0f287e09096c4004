import { bearerChallenge, defineProblems, Problem } from '@obo/service-defaults/problems';
import type { TokenContent } from './access-token.ts';
import type { Authority } from './authority.ts';

/** The responses to a valid token that is not enough. */
export const claimsChallengeProblems = defineProblems({
  insufficient_claims: [401, 'The identity provider requires more'],
  step_up_unsupported: [403, 'The calling application cannot ask the user for more'],
});

type Token = Pick<TokenContent, 'claims'>;

/**
 * Requires that the user satisfied an authentication context.
 *
 * Source: "Developer guide to Conditional Access authentication context"; "Claims challenges, claims requests, and client
 * capabilities".
 *
 * @param context Such as `c1`.
 * @throws {Problem} `insufficient_claims` (401) with the claims to request, or `step_up_unsupported` (403) for a client
 *   without the capability `cp1`.
 */
export function requireAuthenticationContext(token: Token, context: string, authority: Authority): void {
  if (token.claims.acrs?.includes(context)) return;
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: context } } });
  const challenge = claimsChallenge(Buffer.from(claims).toString('base64'), authority.url);
  throw challengeFor(token, challenge);
}

/**
 * Returns the problem for a client: the challenge itself if the client declared that it can act on one, otherwise
 * `step_up_unsupported`. Other errors stay as they are.
 */
export function challengeFor({ claims }: Token, error: unknown): unknown {
  const isChallenge =
    error instanceof Problem && error.code === claimsChallengeProblems.insufficient_claims.code;
  if (!isChallenge || claims.xms_cc?.some((capability) => capability.toLowerCase() === 'cp1')) return error;
  return new Problem(claimsChallengeProblems.step_up_unsupported, {
    detail:
      'The user has to prove more, and the calling application did not declare the client capability cp1. Use another application.',
  });
}

/**
 * Creates the problem with the challenge that makes a client with the capability `cp1` step up.
 *
 * @param claims The claims request, base64.
 * @param authorityUrl Where the user can satisfy it.
 */
export function claimsChallenge(claims: string, authorityUrl: string, cause?: unknown): Problem {
  return new Problem(claimsChallengeProblems.insufficient_claims, {
    detail: 'Get a new access token with the claims of the challenge, and call again.',
    headers: {
      'WWW-Authenticate': bearerChallenge({
        authorization_uri: `${authorityUrl}/oauth2/v2.0/authorize`,
        error: 'insufficient_claims',
        claims,
      }),
    },
    extensions: { claims },
    cause,
  });
}
