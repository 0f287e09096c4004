export { createClientCredential } from './client-credential/client-credential.ts';
export {
  clientCredentialOf,
  clientCredentialVariables,
  hasOneCredential,
  notOneCredential,
} from './client-credential/client-credential-variables.ts';
export {
  answerInvalid,
  type DependencyName,
  dependencyNames,
  dependencyRefused,
  UnexpectedAnswer,
  usualRetryAfter,
} from './dependency-problems.ts';
export { createDownstreamResource, type DownstreamResource } from './downstream-resource.ts';
export { createExchange } from './exchange.ts';
export {
  distributedCacheOf,
  distributedCacheVariables,
  hasKeys,
  keysMissing,
} from './shared-cache/distributed-cache-variables.ts';
export { createTokenAcquisition } from './token-acquisition.ts';
export { createOnBehalfOf, type OnBehalfOf } from './token-cache.ts';
