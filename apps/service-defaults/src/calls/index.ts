export { CallFailed, codeOf, failureOf } from './call-failed.ts';
export type { DependencyState } from './circuit.ts';
export { withDeadline } from './deadline.ts';
export { createDependency, reportDependencies } from './dependency.ts';
export { createHttpClient, type HttpClient } from './http-client.ts';
export { createTransport, type TransportResponse } from './transport.ts';
