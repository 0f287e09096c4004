export type { Authority } from './authority.ts';
export { AccessToken, type AccessTokenClaims } from './claims.ts';
export { authorize, readClaims } from './claims-policy.ts';
export { accessTokenOptionsOf, accessTokenVariables } from './configuration.ts';
export { explainRefusal, type RefusalCode } from './explain-refusal.ts';
export {
  type AccessTokenGuard,
  accessTokenOf,
  createAccessTokenGuard,
} from './guard.ts';
export { IssuerUnavailable, type SigningKey } from './signing-keys.ts';
export { contentOf, createValidatedTokens, digestOf } from './validated-tokens.ts';
export { TokenRejected } from './validator.ts';
export { verifyWithJose } from './verify-with-jose.ts';
export { verifyWithPassport } from './verify-with-passport.ts';
