import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type CalendarEvent, calendarEventSchema } from '../../directory/schema.ts';
import { GraphError, invalidValue, notImplemented } from '../graph-error.ts';
import { type ResourceShape, readBody } from '../request-body.ts';

const wallTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?$/);
const dateTimeTimeZone = z.strictObject({ dateTime: wallTime, timeZone: z.string() });

const { subject, isAllDay, showAs, isReminderOn, body } = calendarEventSchema.shape;
const createSchema = z.strictObject({
  subject: subject.default(''),
  body: body.strict().default({ contentType: 'text', content: '' }),
  start: dateTimeTimeZone,
  end: dateTimeTimeZone,
  isAllDay: isAllDay.default(false),
  showAs: showAs.default('busy'),
  isReminderOn: isReminderOn.default(true),
  transactionId: z.string().min(1).nullable().default(null),
});
type EventRequest = z.infer<typeof createSchema>;

export const eventShape: ResourceShape = {
  resource: 'Event',
  readOnly: ['bodyPreview', 'changeKey', 'createdDateTime', 'id', 'lastModifiedDateTime', 'type', 'webLink'],
  notKept: [
    'allowNewTimeProposals',
    'attendees',
    'categories',
    'hasAttachments',
    'hideAttendees',
    'iCalUId',
    'importance',
    'isCancelled',
    'isOnlineMeeting',
    'isOrganizer',
    'location',
    'locations',
    'onlineMeeting',
    'onlineMeetingProvider',
    'organizer',
    'originalEndTimeZone',
    'originalStart',
    'originalStartTimeZone',
    'recurrence',
    'reminderMinutesBeforeStart',
    'responseRequested',
    'responseStatus',
    'sensitivity',
    'seriesMasterId',
  ],
};

/**
 * Parses the body of "Create event".
 *
 * @throws {GraphError} 400 for a body that Outlook rejects, 501 for what is not stored here and for time zones other
 *   than UTC.
 */
export function readEvent(sent: unknown): EventRequest {
  const event = readBody(createSchema, sent, eventShape);
  for (const property of ['start', 'end'] as const) {
    const { dateTime, timeZone } = event[property];
    if (timeZone !== 'UTC') throw notImplemented(`the time zone '${timeZone}' of events, only 'UTC'`);
    if (Number.isNaN(Date.parse(`${dateTime}Z`))) throw invalidValue(`${property}.dateTime`, 'Event');
  }
  checkTimes(event);
  return { ...event, start: withFraction(event.start), end: withFraction(event.end) };
}

/** Times of events that last all day are midnight, and at least a day apart ("event resource type", isAllDay). */
function checkTimes({ start, end, isAllDay: lastsAllDay }: EventRequest): void {
  const duration = timeOf(end) - timeOf(start);
  if (duration < 0)
    throw new GraphError(400, 'ErrorPropertyValidationFailure', 'At least one property failed validation.');
  if (!lastsAllDay) return;
  for (const [name, time] of Object.entries({ Start: start, End: end }))
    if (timeOf(time) % day !== 0)
      throw invalidRequest(`The Event.${name} property for an all-day event needs to be set to midnight.`);
  if (duration < day)
    throw invalidRequest('The duration of an event marked as All day must be at least 24 hours.');
}

const day = 86_400_000;

const invalidRequest = (message: string) => new GraphError(400, 'ErrorInvalidRequest', message);

/** Returns a time of an event in milliseconds since 1970. */
export const timeOf = ({ dateTime }: CalendarEvent['start']): number => Date.parse(`${dateTime}Z`);

/** Writes a time as Graph returns it, with seven digits after the second. */
function withFraction({ dateTime, timeZone }: CalendarEvent['start']): CalendarEvent['start'] {
  const [time = '', fraction = ''] = dateTime.split('.');
  const seconds = time.split(':').length === 3 ? time : `${time}:00`;
  return { dateTime: `${seconds}.${fraction.padEnd(7, '0')}`, timeZone };
}

/** Creates an event. Its ID looks like Outlook's: opaque, and not safe in a path without encoding. */
export const createEvent = (userId: string, event: EventRequest, now: Date): CalendarEvent => ({
  ...event,
  id: `AAMk${randomBytes(40).toString('base64url')}=`,
  userId,
  createdDateTime: now.toISOString(),
});

/** Tells whether a request would create an event like this one, so that it may be the same request sent again. */
export const isSameEvent = (
  { id: _id, userId: _userId, createdDateTime: _created, ...event }: CalendarEvent,
  request: EventRequest,
): boolean => isDeepStrictEqual(event, request);

/** Represents an event as Graph's resource. `transactionId` is returned only if the application set it. */
export function representEvent({ userId: _userId, transactionId, ...event }: CalendarEvent) {
  return {
    ...event,
    lastModifiedDateTime: event.createdDateTime,
    bodyPreview: event.body.content.slice(0, 255),
    type: 'singleInstance',
    ...(transactionId !== null && { transactionId }),
  };
}
