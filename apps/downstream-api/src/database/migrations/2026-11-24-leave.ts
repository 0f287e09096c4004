import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Creates the tables for entitlements and leave requests. */
export const leave: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('leave_entitlement')
      .addColumn('tenant_id', 'uuid', (column) => column.notNull())
      .addColumn('object_id', 'uuid', (column) => column.notNull())
      .addColumn('year', 'integer', (column) => column.notNull())
      .addColumn('entitlement_days', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('leave_entitlement_pkey', ['tenant_id', 'object_id', 'year'])
      .addCheckConstraint('leave_entitlement_not_negative', sql`entitlement_days >= 0`)
      .execute();

    await db.schema
      .createTable('leave_request')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('tenant_id', 'uuid', (column) => column.notNull())
      .addColumn('object_id', 'uuid', (column) => column.notNull())
      .addColumn('idempotency_key', 'uuid', (column) => column.notNull())
      .addColumn('start_date', 'date', (column) => column.notNull())
      .addColumn('end_date', 'date', (column) => column.notNull())
      .addColumn('days', 'integer', (column) => column.notNull())
      .addColumn('note', 'text')
      .addColumn('approver_name', 'text')
      .addColumn('approver_mail', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull())
      .addColumn('cancelled_at', 'timestamptz')
      .addUniqueConstraint('leave_request_once', ['tenant_id', 'object_id', 'idempotency_key'])
      .addCheckConstraint('leave_request_takes_days', sql`days > 0`)
      .addCheckConstraint(
        'leave_request_within_one_year',
        sql`start_date <= end_date and extract(year from start_date) = extract(year from end_date)`,
      )
      .execute();

    await db.schema
      .createIndex('leave_request_by_user')
      .on('leave_request')
      .columns(['tenant_id', 'object_id', 'start_date'])
      .where(sql.ref('cancelled_at'), 'is', null)
      .execute();
  },
};
