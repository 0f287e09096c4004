export { CallFailed, codeOf, retryAfterSeconds } from './call-failed.ts';
export { createCircuit, type DependencyState } from './circuit.ts';
export { reportDependencies } from './dependency-metrics.ts';
export { createHttpClient, type HttpClient } from './http-client.ts';
export { createRetries } from './retry.ts';
export { withinRequest, withinTime } from './time-limit.ts';
export { isUnreadable } from './undici-adapter.ts';
