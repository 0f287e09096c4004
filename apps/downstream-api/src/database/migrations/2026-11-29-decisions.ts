import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Lets approvers decide. Older requests have no approver's object ID, so they cannot be decided; their users can cancel
 * them and request the leave again.
 */
export const decisions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('leave_request')
      .addColumn('approver_object_id', 'uuid')
      .addColumn('decision', 'text')
      .addColumn('decided_by', 'uuid')
      .addColumn('decided_at', 'timestamptz')
      .addColumn('decision_note', 'text')
      .addColumn('decision_key', 'uuid')
      .execute();

    await db.schema
      .alterTable('leave_request')
      .addCheckConstraint(
        'leave_request_approved_by_another_user',
        sql`approver_object_id <> object_id and decided_by = approver_object_id`,
      )
      .execute();
    await db.schema
      .alterTable('leave_request')
      .addCheckConstraint(
        'leave_request_decided_completely',
        sql`decision in ('approved', 'rejected') and num_nulls(decision, decided_by, decided_at, decision_key) in (0, 4)`,
      )
      .execute();

    await db.schema
      .createIndex('leave_request_by_approver')
      .on('leave_request')
      .columns(['tenant_id', 'approver_object_id', 'start_date', 'id'])
      .where(sql<boolean>`decision is null and cancelled_at is null`)
      .execute();
  },
};
