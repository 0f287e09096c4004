import type { ColumnType } from 'kysely';

/** Whose row it is: the tenant (`tid`) and the person in it (`oid`), and never a name or an address. */
export interface PersonColumns {
  tenant_id: string;
  object_id: string;
}

/** What a person may take in a year. Fixed when they first request leave in it. */
export interface LeaveEntitlementTable extends PersonColumns {
  year: number;
  entitlement_days: number;
}

export interface LeaveRequestTable extends PersonColumns {
  id: string;
  /** What the client named this request, so that sending it again does not make another one. */
  idempotency_key: string;
  /** Calendar dates, read as the text they are sent as. */
  start_date: string;
  end_date: string;
  /** Working days, counted when the request was made. */
  days: number;
  note: string | null;
  /** Null when nobody needs to approve. */
  approver_name: string | null;
  approver_mail: string | null;
  created_at: ColumnType<Date, string, never>;
  cancelled_at: ColumnType<Date | null, string | null | undefined, string>;
}

export interface Tables {
  leave_entitlement: LeaveEntitlementTable;
  leave_request: LeaveRequestTable;
}
