import type { User } from '@obo/on-behalf-of';
import type { Database } from '@obo/service-defaults/database';
import { sql } from 'kysely';
import type { LeaveRequest } from '../leave/leave.ts';
import type { Tables } from '../long-running/tables.ts';

/** A leave request that its user wants in the calendar. */
export interface CalendarEntry extends User {
  leaveRequestId: string;
  /** The event in the calendar; null while there is none. */
  eventId: string | null;
}

/** Stores which leave requests users want in their calendars, and the events that were made of them. */
export class EntryRepository {
  readonly #use: Database<Tables>['use'];

  constructor(use: Database<Tables>['use']) {
    this.#use = use;
  }

  /**
   * Adds a leave request, once.
   *
   * @returns false if the user has no session that could add it to the calendar.
   */
  async add({ tenantId, objectId }: User, { id, endDate }: LeaveRequest, now: Date): Promise<boolean> {
    const { rows } = await this.#use((tables) =>
      sql`
        with session as (
          select from long_running_session
          where tenant_id = ${tenantId} and object_id = ${objectId} and purpose = 'calendar'
          for update
        ), added as (
          insert into calendar_entry (tenant_id, object_id, leave_request_id, ends_on, created_at)
          select ${tenantId}::uuid, ${objectId}::uuid, ${id}::uuid, ${endDate}::date, ${now.toISOString()}::timestamptz
          from session
          on conflict do nothing
        )
        select from session`.execute(tables),
    );
    return rows.length > 0;
  }

  async find(tenantId: string, leaveRequestId: string): Promise<CalendarEntry | undefined> {
    const row = await this.#use((tables) =>
      tables
        .selectFrom('calendar_entry')
        .select(['object_id', 'event_id'])
        .where('tenant_id', '=', tenantId)
        .where('leave_request_id', '=', leaveRequestId)
        .executeTakeFirst(),
    );
    return row && { tenantId, objectId: row.object_id, leaveRequestId, eventId: row.event_id };
  }

  /** Lists the entries of a user. */
  async list({ tenantId, objectId }: User): Promise<CalendarEntry[]> {
    const rows = await this.#use((tables) =>
      tables
        .selectFrom('calendar_entry')
        .select(['leave_request_id', 'event_id'])
        .where('tenant_id', '=', tenantId)
        .where('object_id', '=', objectId)
        .execute(),
    );
    return rows.map((row) => ({
      tenantId,
      objectId,
      leaveRequestId: row.leave_request_id,
      eventId: row.event_id,
    }));
  }

  async setEvent({ tenantId, leaveRequestId }: CalendarEntry, eventId: string): Promise<void> {
    await this.#use((tables) =>
      tables
        .updateTable('calendar_entry')
        .set({ event_id: eventId })
        .where('tenant_id', '=', tenantId)
        .where('leave_request_id', '=', leaveRequestId)
        .execute(),
    );
  }

  async remove({ tenantId, leaveRequestId }: CalendarEntry): Promise<void> {
    await this.#use((tables) =>
      tables
        .deleteFrom('calendar_entry')
        .where('tenant_id', '=', tenantId)
        .where('leave_request_id', '=', leaveRequestId)
        .execute(),
    );
  }

  /** Removes the entries whose leave ended before a day. */
  async removeBefore(day: string): Promise<void> {
    await this.#use((tables) => tables.deleteFrom('calendar_entry').where('ends_on', '<', day).execute());
  }
}
