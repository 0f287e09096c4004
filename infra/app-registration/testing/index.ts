export { type Outcome, runInProcess } from './run-in-process.ts';
export { close, listen, type RunningTenant, runTenant } from './running-tenant.ts';
