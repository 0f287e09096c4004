import { z } from 'zod';
import { calendarDateSchema } from '../leave/calendar.ts';
import { leaveRequestSchema, noteSchema } from '../leave/leave-schemas.ts';

/** A leave request as its approver sees it. */
export const teamLeaveRequestSchema = leaveRequestSchema.omit({ approver: true }).extend({
  requester: z
    .object({ objectId: z.guid() })
    .meta({ description: "The user who requested leave, in the approver's tenant" }),
});
export type TeamLeaveRequest = z.output<typeof teamLeaveRequestSchema>;

/** One page of the requests that wait for the approver, by first day. */
export const teamLeaveRequestPageSchema = z.object({
  requests: z.array(teamLeaveRequestSchema),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The value of `after` for the next page; null on the last' }),
});
export type TeamLeaveRequestPage = z.output<typeof teamLeaveRequestPageSchema>;

/** The body of a decision. */
export const newDecisionSchema = z.object({ note: noteSchema });

/** The number of requests on a page. */
export const limitSchema = z.coerce
  .number('The limit is a number from 1 to 100.')
  .int('The limit is a whole number.')
  .min(1, 'The limit is at least 1.')
  .max(100, 'The limit is at most 100.');

/** The end of the page before: first day and ID of its last request. */
export interface PagePosition {
  startDate: string;
  id: string;
}

/** Parses the `next` of the page before. */
export const pagePositionSchema = z
  .string('Send the next of the page before.')
  .transform((text): unknown => {
    const [startDate, id] = text.split('.');
    return { startDate, id };
  })
  .pipe(
    z.object(
      { startDate: calendarDateSchema, id: z.guid() },
      { error: 'Send the next of the page before, unchanged.' },
    ),
  );

/** Writes a position as the `next` of a page. */
export const formatPagePosition = ({ startDate, id }: PagePosition): string => `${startDate}.${id}`;
