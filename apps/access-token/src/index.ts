// Deprecated: from ./testing.
export { AccessToken, type AccessTokenClaims, contentOf, digestOf } from './access-token.ts';
export type { Authority } from './authority.ts';
export { accessTokenOptionsOf, accessTokenVariables } from './configuration.ts';
export { type AccessTokenGuard, accessTokenOf, createAccessTokenGuard } from './guard.ts';
export type { SigningKey } from './signing-keys.ts';
export { createValidatedTokens } from './validated-tokens.ts';
