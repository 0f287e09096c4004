export type { AuthorizationCodes, Caller } from './authorization-code.ts';
export { createClientCredential } from './client-credential/client-credential.ts';
export {
  clientCredentialOf,
  clientCredentialVariables,
  oneCredential,
} from './client-credential/client-credential-variables.ts';
export { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from './configuration.ts';
export { toExchangeProblem } from './exchange-problems.ts';
export {
  createRingKey,
  createSeal,
  type KeyRing,
  keyRingVariables,
  type RingKey,
  type Seal,
} from './key-ring.ts';
export { type LongRunningSession, type LongRunningSessions, type User, userKeyOf } from './long-running.ts';
export { createNetworkClients } from './network-client.ts';
export { createOnBehalfOf, type OnBehalfOf, onBehalfOfProblems } from './on-behalf-of.ts';
export { rejectionReasons } from './rejected-exchange.ts';
export type { Resource } from './resource.ts';
export { connectRedis, type RedisCommands } from './shared-cache/redis.ts';
export { keysRequired, sharedCacheOf, sharedCacheVariables } from './shared-cache/shared-cache-variables.ts';
