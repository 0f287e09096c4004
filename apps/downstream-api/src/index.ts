export { createDownstreamApi, type Dependencies, type DownstreamApi } from './app.ts';
export { type Configuration, readConfiguration, variablesSchema } from './configuration.ts';
export { databaseProblems } from './database/availability.ts';
export { type Database, type DatabaseLocation, openDatabase } from './database/database.ts';
export { leaveProblems } from './leave/leave-rules.ts';
export { describeApi } from './openapi.ts';
