export { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from './configuration.ts';
export { createOnBehalfOf, type OnBehalfOf, onBehalfOfProblems } from './on-behalf-of.ts';
export { rejectionReasons } from './rejected-exchange.ts';
export type { Resource } from './resource.ts';
