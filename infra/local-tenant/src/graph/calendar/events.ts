import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../../directory/directory.ts';
import type { CalendarEvent } from '../../directory/schema.ts';
import type { User } from '../../directory/users.ts';
import { callerOf } from '../authentication.ts';
import { badRequest, GraphError } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { hasPermission, type Permission } from '../permissions.ts';
import { signedInUser } from '../users/user-permissions.ts';
import { createEvent, eventShape, isSameEvent, readEvent, representEvent, timeOf } from './event.ts';

const read: Permission = { delegated: ['Calendars.Read', 'Calendars.ReadWrite'] };
const write: Permission = { delegated: ['Calendars.ReadWrite'] };

const shape = { type: 'event', notKept: eventShape.notKept };

/**
 * Serves the events of the signed-in user's calendar of Microsoft Graph v1.0 ("Create event", "List events", "List
 * calendarView", "Get event", "Delete event").
 *
 * With the `transactionId` of an event that exists, the same request returns that event, and another one is rejected
 * with `ErrorDuplicateTransactionId`. The documents only say what it is for ("event resource type"): this is what
 * public reports show. They do not say what it does once the event is deleted; here, it creates another one.
 */
export function eventsRouter({
  directory,
  graphBaseUrl,
  now,
}: {
  directory: Directory;
  graphBaseUrl: string;
  now: () => Date;
}): Router {
  const { state } = directory;
  const router = Router();
  const eventsOf = ({ id }: User) => state.calendarEvents.filter(({ userId }) => userId === id);
  const find = (owner: User, id: string) => {
    const event = eventsOf(owner).find((one) => one.id === id);
    if (!event)
      throw new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
    return event;
  };
  const context = ({ id }: User, set: string, select: readonly string[] | null, single: boolean) =>
    contextOf(graphBaseUrl, `users('${id}')/${set}`, select, single);

  router.post('/me/events', (request, response) => {
    const owner = ownerOf(request, write);
    const sent = readEvent(request.body);
    const same = eventsOf(owner).find(
      ({ transactionId }) => transactionId !== null && transactionId === sent.transactionId,
    );
    if (same && !isSameEvent(same, sent)) throw duplicateTransactionId;
    const event = same ?? createEvent(owner.id, sent, now());
    if (!same) {
      state.calendarEvents.push(event);
      directory.save();
    }
    sendJson(response, 201, {
      '@odata.context': context(owner, 'events', null, true),
      ...representEvent(event),
    });
  });

  router.get('/me/events/:id', (request, response) => {
    const owner = ownerOf(request, read);
    const { select } = readQuery(request);
    sendJson(response, 200, {
      '@odata.context': context(owner, 'events', select, true),
      ...applySelect(representEvent(find(owner, request.params.id)), select, shape),
    });
  });

  router.delete('/me/events/:id', (request, response) => {
    const { id } = find(ownerOf(request, write), request.params.id);
    state.calendarEvents = state.calendarEvents.filter((event) => event.id !== id);
    directory.save();
    response.status(204).end();
  });

  /** Lists events that pass the filter of the request. */
  const list =
    (
      set: string,
      parameters: readonly string[],
      choose: (url: URL, events: CalendarEvent[]) => CalendarEvent[],
    ): RequestHandler =>
    (request, response) => {
      const owner = ownerOf(request, read);
      const query = readQuery(request, parameters);
      const url = new URL(`${graphBaseUrl}${request.url}`);
      const found = applyFilter(choose(url, eventsOf(owner)), query.filter, ['subject']);
      sendJson(response, 200, {
        '@odata.context': context(owner, set, query.select, false),
        ...pageOf(
          found.map((event) => applySelect(representEvent(event), query.select, shape)),
          query,
          url,
        ),
      });
    };
  router.get(
    '/me/events',
    list('events', [], (_url, events) => events),
  );
  router.get('/me/calendarView', list('calendarView', ['startDateTime', 'endDateTime'], inTimeRange));
  return router;
}

/**
 * Returns the user whose calendar the request is for.
 *
 * @throws {GraphError} 403 without the permission, 404 for a guest, who has no mailbox in this tenant.
 */
function ownerOf(request: Request, permission: Permission): User {
  const caller = callerOf(request);
  const user = signedInUser(caller);
  if (!hasPermission(caller, permission))
    throw new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  if (user.userType === 'Guest') throw noMailbox;
  return user;
}

const noMailbox = new GraphError(
  404,
  'MailboxNotEnabledForRESTAPI',
  'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
);

const duplicateTransactionId = badRequest(
  "Your request can't be completed. The TransactionId specified in the request has already been used to create a different event.",
  'ErrorDuplicateTransactionId',
);

const instant = z.iso.datetime({ offset: true, local: true });

/** Returns the events that overlap the time range, in the order of their start. A time without an offset is in UTC. */
function inTimeRange({ searchParams }: URL, events: CalendarEvent[]): CalendarEvent[] {
  const [from, to] = ['startDateTime', 'endDateTime'].map((name) => {
    const sent = searchParams.get(name);
    if (sent === null) throw badRequest(noTimeRange, 'ErrorInvalidParameter');
    const time = instant.safeParse(sent);
    if (!time.success)
      throw badRequest(`The value '${sent}' of parameter '${name}' is invalid.`, 'ErrorInvalidParameter');
    return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(time.data) ? time.data : `${time.data}Z`);
  });
  return events
    .filter(({ start, end }) => timeOf(start) < Number(to) && timeOf(end) > Number(from))
    .toSorted((one, other) => timeOf(one.start) - timeOf(other.start));
}

const noTimeRange =
  'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.';
