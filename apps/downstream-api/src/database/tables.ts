import type { ColumnType } from 'kysely';

/** The user a row belongs to: the claims `tid` and `oid`, and never a name or an address. */
export interface UserColumns {
  tenant_id: string;
  object_id: string;
}

/** Working days of leave that a user has in a year. Fixed by the first request for leave in that year. */
export interface LeaveEntitlementTable extends UserColumns {
  year: number;
  entitlement_days: number;
}

export type Decision = 'approved' | 'rejected';

export interface LeaveRequestTable extends UserColumns {
  id: string;
  /** Chosen by the client, so that sending a request again does not book it twice. */
  idempotency_key: string;
  /** Calendar dates, such as `2026-12-24`. */
  start_date: string;
  end_date: string;
  /** Working days, counted when the request was made. */
  days: number;
  note: string | null;
  /** Null if the request needs no approval. */
  approver_name: string | null;
  approver_mail: string | null;
  /** The approver is a user in the same tenant. Null also for requests from before decisions could be made. */
  approver_object_id: string | null;
  /** The decision, who made it, when, with what note, and under which key of the client. */
  decision: ColumnType<Decision | null, undefined, Decision>;
  decided_by: ColumnType<string | null, undefined, string>;
  decided_at: ColumnType<Date | null, undefined, string>;
  decision_note: ColumnType<string | null, undefined, string | null>;
  decision_key: ColumnType<string | null, undefined, string>;
  created_at: ColumnType<Date, string, never>;
  cancelled_at: ColumnType<Date | null, string | null | undefined, string>;
}

export interface Tables {
  leave_entitlement: LeaveEntitlementTable;
  leave_request: LeaveRequestTable;
}
