export { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from './configuration.ts';
export { createOnBehalfOf, type OnBehalfOf, onBehalfOfProblems } from './on-behalf-of.ts';
export type { Resource } from './resource.ts';
