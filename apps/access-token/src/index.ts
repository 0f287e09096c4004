export { AccessToken, assertionKeyOf, type TokenContent } from './access-token.ts';
export type { Authority } from './authority.ts';
export {
  challengeFor,
  claimsChallenge,
  claimsChallengeProblems,
  requireAuthenticationContext,
} from './claims-challenge.ts';
export { accessTokenOptionsOf, accessTokenVariables, authorityOfTenant } from './configuration.ts';
export { type AccessTokenGuard, accessTokenOf, createAccessTokenGuard } from './guard.ts';
