import { randomUUID } from 'node:crypto';
import { accessTokenOf } from '@obo/access-token';
import type { Response } from 'express';
import type { Insertable, Selectable } from 'kysely';
import type { LeaveRequestTable } from '../database/tables.ts';
import type { LeaveRequest, NewLeaveRequest } from './leave-schemas.ts';

/** A user in a tenant: the claims `tid` and `oid` of a validated token, the only key of a user that never changes. */
export interface User {
  tenantId: string;
  objectId: string;
}

/** Returns the user whose token is sent with a request. */
export function userOf(response: Response): User {
  const { tid, oid } = accessTokenOf(response).claims;
  return { tenantId: tid, objectId: oid };
}

/** Maps a new leave request to the row to insert. */
export function toRow(
  user: User,
  idempotencyKey: string,
  request: NewLeaveRequest,
  days: number,
  createdAt: Date,
): Insertable<LeaveRequestTable> {
  return {
    id: randomUUID(),
    tenant_id: user.tenantId,
    object_id: user.objectId,
    idempotency_key: idempotencyKey,
    start_date: request.startDate,
    end_date: request.endDate,
    days,
    note: request.note,
    approver_name: request.approver?.name ?? null,
    approver_mail: request.approver?.mail ?? null,
    approver_object_id: request.approver?.objectId ?? null,
    created_at: createdAt.toISOString(),
  };
}

/** Maps a database row to the API's leave request. Leave without an approver is approved at once. */
export function toLeaveRequest(row: Selectable<LeaveRequestTable>): LeaveRequest {
  const approver = row.approver_name === null ? null : { name: row.approver_name, mail: row.approver_mail };
  return {
    id: row.id,
    startDate: row.start_date,
    endDate: row.end_date,
    days: row.days,
    note: row.note,
    status: row.decision ?? (approver === null ? 'approved' : 'pending'),
    approver,
    decision: row.decided_at && { decidedAt: row.decided_at.toISOString(), note: row.decision_note },
    createdAt: row.created_at.toISOString(),
  };
}

/** Checks that a row was inserted for a request with the same content. */
export const hasContentOf = (row: Selectable<LeaveRequestTable>, request: NewLeaveRequest): boolean =>
  row.start_date === request.startDate &&
  row.end_date === request.endDate &&
  row.note === request.note &&
  row.approver_name === (request.approver?.name ?? null) &&
  row.approver_mail === (request.approver?.mail ?? null) &&
  row.approver_object_id === (request.approver?.objectId ?? null);
