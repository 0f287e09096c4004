export { createMiddleTierApi, type FailureTimes, type MiddleTierApi } from './app.ts';
export { type Configuration, readConfiguration, variablesSchema } from './configuration.ts';
export { describeApi } from './openapi.ts';
