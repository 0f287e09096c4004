export { type AccessTokenClaims, contentOf, digestOf } from '../src/access-token.ts';
export type { SigningKey } from '../src/signing-keys.ts';
export { createValidatedTokens } from '../src/validated-tokens.ts';
export { verifyWithJose } from '../src/verify-with-jose.ts';
export { verifyWithPassport } from '../src/verify-with-passport.ts';
export { makeAccessToken } from './access-token.ts';
export { api, client, type Forge, otherApi, otherTenantId, scope, startForge, tenantId } from './forge.ts';
export { startTestIssuer, type TestIssuer } from './issuer.ts';
