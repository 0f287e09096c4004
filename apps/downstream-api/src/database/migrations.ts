import type { Migrations } from '@obo/service-defaults/database';
import { leave } from './migrations/2026-11-24-leave.ts';
import { decisions } from './migrations/2026-11-29-decisions.ts';

/** Every migration by its name. */
export const migrations: Migrations = {
  table: 'kysely_migration',
  byName: { '2026-11-24-leave': leave, '2026-11-29-decisions': decisions },
};
