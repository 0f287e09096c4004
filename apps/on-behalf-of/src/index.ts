export type { AuthorizationCodes, Caller } from './authorization-code.ts';
export { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from './configuration.ts';
export { createRingKey, createSeal, type KeyRing, type Seal } from './key-ring.ts';
export type { LongRunningSession, LongRunningSessions, User } from './long-running.ts';
export { createOnBehalfOf, type OnBehalfOf, onBehalfOfProblems } from './on-behalf-of.ts';
export { rejectionReasons } from './rejected-exchange.ts';
export type { Resource } from './resource.ts';
