export { makeAccessToken } from './access-token.ts';
export { api, client, type Forge, otherApi, otherTenantId, scope, startForge, tenantId } from './forge.ts';
export { startTestIssuer, type TestIssuer } from './issuer.ts';
