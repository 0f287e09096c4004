// The decisions of the guard, for tools that explain them. Loads neither a verifying library nor a server.
export { type AccessTokenClaims, TokenRejected } from './access-token.ts';
export { type Authority, isKeyFor } from './authority.ts';
export { authorize, readClaims } from './claims-policy.ts';
export { accessTokenOptionsOf, accessTokenVariables } from './configuration.ts';
export { explainRejection, type RejectionCode } from './explain-rejection.ts';
