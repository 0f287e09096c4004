import type { ColumnType } from 'kysely';

/** The user a row belongs to: the claims `tid` and `oid`, and never a name or an address. */
interface UserColumns {
  tenant_id: string;
  object_id: string;
}

export interface LongRunningSessionTable extends UserColumns {
  id: string;
  purpose: 'calendar';
  /** The refresh token, encrypted for this row. Null when it is of no use any more. */
  sealed: string | null;
  /** In `action_required` nothing happens until the user acts. */
  state: 'active' | 'action_required';
  /** What the user has to do, and the code of the problem that made it necessary. */
  action: 'sign_in' | 'consent' | 'retry' | null;
  reason: string | null;
  created_at: ColumnType<Date, string, never>;
  last_used_at: ColumnType<Date, string, string>;
  ends_at: ColumnType<Date, string, string>;
}

/** A leave request that its user wants in the calendar. What the leave is, only the downstream API knows. */
export interface CalendarEntryTable extends UserColumns {
  leave_request_id: string;
  /** The event in the calendar; null while there is none. */
  event_id: string | null;
  /** The last day of the leave, after which the entry is of no use. */
  ends_on: string;
  created_at: ColumnType<Date, string, never>;
}

export interface Tables {
  long_running_session: LongRunningSessionTable;
  calendar_entry: CalendarEntryTable;
}
