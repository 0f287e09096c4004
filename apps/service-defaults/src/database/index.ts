export { type Database, openDatabase } from './database.ts';
export type { Migrations } from './migrations.ts';
