export { createMiddleTierApi, type FailureTimes, type MiddleTierApi } from './app.ts';
export { type Configuration, readConfiguration } from './configuration.ts';
