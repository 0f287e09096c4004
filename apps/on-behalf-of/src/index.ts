export { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from './configuration.ts';
export { createOnBehalfOf, type OnBehalfOf } from './on-behalf-of.ts';
export type { Resource } from './resource.ts';
