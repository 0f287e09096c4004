import type { Resource, User } from '@obo/on-behalf-of';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import { z } from 'zod';
import type { LeaveRequest } from '../leave/leave.ts';

const eventProblems = defineProblems({
  mailbox_missing: [422, 'The user has no mailbox in this organization'],
});

/** Changes a user's Outlook calendar, with an access token that permits `Calendars.ReadWrite`. */
export interface CalendarEvents {
  /**
   * Adds leave as an all-day event, once: the same leave again returns the same event.
   *
   * @returns the event's ID, which stays the same when the user moves the event.
   * @throws {Problem} `mailbox_missing` if the user has no calendar; or as a call to any resource.
   */
  create(accessToken: string, user: User, leave: LeaveRequest): Promise<string>;
  /** Removes an event; one that does not exist any more counts as removed. */
  remove(accessToken: string, user: User, eventId: string): Promise<void>;
}

const eventSchema = z.object({ id: z.string().min(1) });

/**
 * For users without a mailbox in Exchange Online: guests, users without a license, mailboxes on-premises.
 *
 * Source: "REST API is not yet supported for this mailbox" (KB 4462988), read on 2026-11-29.
 */
const noMailboxSchema = z.object({
  error: z.object({ code: z.enum(['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI']) }),
});

const immutableIds = { Prefer: 'IdType="ImmutableId"' };

/**
 * Creates a client for the calendar in Microsoft Graph v1.0: "Create event" with `transactionId` ("event resource type"),
 * "Delete event", "Get immutable identifiers for Outlook resources". The note on the leave stays out of the calendar,
 * because colleagues may see that.
 */
export const createCalendarEvents = (graph: Resource): CalendarEvents => ({
  async create(accessToken, user, { id, startDate, endDate }) {
    const at = (day: string) => ({ dateTime: `${day}T00:00:00`, timeZone: 'UTC' });
    const { status, data } = await graph.callWith(accessToken, user, {
      span: 'graph_create_event',
      method: 'POST',
      url: '/me/events',
      headers: { 'Content-Type': 'application/json', ...immutableIds },
      data: {
        subject: 'Leave',
        start: at(startDate),
        end: at(dayAfter(endDate)),
        isAllDay: true,
        showAs: 'oof',
        isReminderOn: false,
        transactionId: id,
      },
    });
    if (status === 404 && noMailboxSchema.safeParse(data).success)
      throw new Problem(eventProblems.mailbox_missing);
    const event = eventSchema.safeParse(data);
    if (status >= 400 || !event.success) throw graph.answerInvalid(status);
    return event.data.id;
  },
  async remove(accessToken, user, eventId) {
    const { status } = await graph.callWith(accessToken, user, {
      span: 'graph_delete_event',
      method: 'DELETE',
      url: `/me/events/${encodeURIComponent(eventId)}`,
      headers: immutableIds,
    });
    if (status >= 400 && status !== 404) throw graph.answerInvalid(status);
  },
});

/** An all-day event ends at the start of the day after. */
function dayAfter(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}
