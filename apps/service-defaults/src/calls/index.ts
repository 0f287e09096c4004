export { CallFailed, codeOf } from './call-failed.ts';
export type { DependencyState } from './circuit.ts';
export { createDependency, type DependencyStates, reportDependencies, withDeadline } from './dependency.ts';
export { createHttpClient, type HttpClient } from './http-client.ts';
export { createTransport, type OutgoingProxy, type TransportResponse } from './transport.ts';
