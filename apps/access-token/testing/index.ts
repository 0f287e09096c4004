export { type AccessTokenClaims, contentOf, digestOf } from '../src/access-token.ts';
export type { SigningKey } from '../src/signing-keys.ts';
export { createValidatedTokens, verifyWith } from '../src/validate-token.ts';
export { type VerifyOptions, validators } from '../src/verify-token.ts';
export { makeAccessToken } from './access-token.ts';
export { api, client, type Forge, otherApi, otherTenantId, scope, startForge, tenantId } from './forge.ts';
export { startTestIssuer, type TestIssuer } from './issuer.ts';
