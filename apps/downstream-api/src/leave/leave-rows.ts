import { randomUUID } from 'node:crypto';
import type { Insertable, Selectable } from 'kysely';
import type { LeaveRequestTable } from '../database/tables.ts';
import type { LeaveRequest, NewLeaveRequest } from './leave-schemas.ts';

/** A person in a tenant: the claims `tid` and `oid` of a validated token, the only stable key of a person. */
export interface Person {
  tenantId: string;
  objectId: string;
}

/** The row of a request that is made now. */
export function toRow(
  person: Person,
  idempotencyKey: string,
  wanted: NewLeaveRequest,
  days: number,
  createdAt: Date,
): Insertable<LeaveRequestTable> {
  return {
    id: randomUUID(),
    tenant_id: person.tenantId,
    object_id: person.objectId,
    idempotency_key: idempotencyKey,
    start_date: wanted.startDate,
    end_date: wanted.endDate,
    days,
    note: wanted.note,
    approver_name: wanted.approver?.name ?? null,
    approver_mail: wanted.approver?.mail ?? null,
    created_at: createdAt.toISOString(),
  };
}

/** What is told of a row. Leave that nobody needs to approve is approved at once. */
export function toLeaveRequest(row: Selectable<LeaveRequestTable>): LeaveRequest {
  const approver = row.approver_name === null ? null : { name: row.approver_name, mail: row.approver_mail };
  return {
    id: row.id,
    startDate: row.start_date,
    endDate: row.end_date,
    days: row.days,
    note: row.note,
    status: approver === null ? 'approved' : 'pending',
    approver,
    createdAt: row.created_at.toISOString(),
  };
}

/** Whether a row was made from a request that says the same. */
export const isMadeFrom = (row: Selectable<LeaveRequestTable>, wanted: NewLeaveRequest): boolean =>
  row.start_date === wanted.startDate &&
  row.end_date === wanted.endDate &&
  row.note === wanted.note &&
  row.approver_name === (wanted.approver?.name ?? null) &&
  row.approver_mail === (wanted.approver?.mail ?? null);
