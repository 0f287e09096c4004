import { z } from 'zod';
import { calendarDateSchema } from './calendar.ts';

const text = (longest: number) => z.string().max(longest, `must have at most ${longest} characters`);

/** Accepts one line of text, without control characters and lone surrogates. */
const line = (longest: number) =>
  text(longest).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** Accepts lines of text, without control characters other than line feeds, and without lone surrogates. */
const lines = (longest: number) =>
  text(longest).regex(/^(\n|[^\p{Cc}\p{Cs}])*$/u, 'must not hold control characters other than line feeds');

/** Accepts a note of at most 500 characters. An empty one counts as none. */
export const noteSchema = lines(500)
  .nullish()
  .transform((note) => note?.trim() || null);

const days = z.int().min(0);

/** The user who decides on a request, as the directory named them when the request was made. */
export const approverSchema = z.object({
  name: line(256).min(1, 'must not be empty'),
  mail: line(320).nullable(),
});

/**
 * The body of a request for leave. The user comes from the token and the status from the rules: such members of the
 * body are dropped, like all others that are not listed here.
 */
export const newLeaveRequestSchema = z
  .object({
    startDate: calendarDateSchema.meta({ description: 'The first day' }),
    endDate: calendarDateSchema.meta({ description: 'The last day, which counts as well' }),
    note: noteSchema,
    approver: approverSchema
      .extend({ objectId: z.guid().toLowerCase().meta({ description: 'In the tenant of the user' }) })
      .nullable()
      .meta({ description: 'Null if the request needs no approval' }),
  })
  .refine(({ startDate, endDate }) => startDate <= endDate, {
    path: ['endDate'],
    message: 'must not be before startDate',
  });
export type NewLeaveRequest = z.output<typeof newLeaveRequestSchema>;

/** A leave request that was made. */
export const leaveRequestSchema = z.object({
  id: z.uuid(),
  startDate: calendarDateSchema,
  endDate: calendarDateSchema,
  days: days.meta({ description: 'Working days, Monday to Friday' }),
  note: z.string().nullable(),
  status: z.enum(['pending', 'approved', 'rejected']),
  approver: approverSchema.nullable(),
  decision: z
    .object({ decidedAt: z.iso.datetime(), note: z.string().nullable() })
    .nullable()
    .meta({ description: "The approver's decision; null while it is pending, and without an approver" }),
  createdAt: z.iso.datetime(),
});
export type LeaveRequest = z.output<typeof leaveRequestSchema>;

/** A user's leave requests that are not canceled, by first day. */
export const leaveRequestListSchema = z.object({ requests: z.array(leaveRequestSchema) });

/** What a user has left of a year's entitlement, in working days. */
export const leaveBalanceSchema = z.object({
  year: z.int(),
  entitlementDays: days,
  bookedDays: days,
  remainingDays: days,
});
export type LeaveBalance = z.output<typeof leaveBalanceSchema>;

/** A calendar year, as the query names it. */
export const yearSchema = z
  .string('The year has four digits.')
  .regex(/^\d{4}$/, 'The year has four digits.')
  .transform(Number);

/** The UUID under which a request is booked at most once. */
export const idempotencyKeySchema = z
  .guid(
    'Send a UUID in the Idempotency-Key header: a new one for each request for leave, the same one to repeat it.',
  )
  .meta({ description: 'A new one for each request for leave, the same one to repeat it' });

export const leaveRequestIdSchema = z.guid('The ID of a leave request is a UUID.');
