import type { Migrations } from '@obo/service-defaults/database';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Creates the tables for long-running sessions and for what they are needed for. */
const calendar: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('long_running_session')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('tenant_id', 'uuid', (column) => column.notNull())
      .addColumn('object_id', 'uuid', (column) => column.notNull())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('sealed', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('action', 'text')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull())
      .addColumn('last_used_at', 'timestamptz', (column) => column.notNull())
      .addColumn('ends_at', 'timestamptz', (column) => column.notNull())
      .addUniqueConstraint('long_running_session_once', ['tenant_id', 'object_id', 'purpose'])
      .addCheckConstraint(
        'long_running_session_active_or_not',
        sql`(state = 'active' and sealed is not null and action is null)
          or (state = 'action_required' and sealed is null and action is not null)`,
      )
      .execute();

    await db.schema
      .createTable('calendar_entry')
      .addColumn('tenant_id', 'uuid', (column) => column.notNull())
      .addColumn('leave_request_id', 'uuid', (column) => column.notNull())
      .addColumn('object_id', 'uuid', (column) => column.notNull())
      .addColumn('event_id', 'text')
      .addColumn('ends_on', 'date', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull())
      .addPrimaryKeyConstraint('calendar_entry_pkey', ['tenant_id', 'leave_request_id'])
      .execute();

    await db.schema
      .createIndex('calendar_entry_by_user')
      .on('calendar_entry')
      .columns(['tenant_id', 'object_id'])
      .execute();
  },
};

/** Every migration by its name. */
export const migrations: Migrations = {
  table: 'middle_tier_migration',
  byName: { '2026-11-29-calendar': calendar },
};
