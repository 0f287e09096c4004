export { createDownstreamApi, type Dependencies, type DownstreamApi } from './app.ts';
export { approvalProblems } from './approvals/approval-repository.ts';
export { type Configuration, readConfiguration, variablesSchema } from './configuration.ts';
export { type Database, openDatabase } from './database/database.ts';
export { leaveProblems } from './leave/leave-rules.ts';
export { describeApi } from './openapi.ts';
