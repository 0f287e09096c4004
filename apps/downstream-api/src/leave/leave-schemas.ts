import { z } from 'zod';
import { calendarDateSchema } from './calendar-date.ts';

const text = (longest: number) => z.string().max(longest, `must have at most ${longest} characters`);

/** One line that people wrote: no control characters, no halves of characters. */
const line = (longest: number) =>
  text(longest).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** As a line, but it may have several. */
const lines = (longest: number) =>
  text(longest).regex(/^(\n|[^\p{Cc}\p{Cs}])*$/u, 'must not hold control characters other than line feeds');

const days = z.int().min(0);

/** Who decides on a request, as the directory knew them when it was made. */
export const approverSchema = z.object({
  name: line(256).min(1, 'must not be empty'),
  mail: line(320).nullable(),
});
export type Approver = z.output<typeof approverSchema>;

/**
 * What may be said about leave that is wanted. Whose leave it is comes from the token, and its status from the
 * rules: members of those names are dropped, as every other one that is not listed here.
 */
export const newLeaveRequestSchema = z
  .object({
    startDate: calendarDateSchema.meta({ description: 'The first day' }),
    endDate: calendarDateSchema.meta({ description: 'The last day, which counts as well' }),
    note: lines(500)
      .nullish()
      .transform((note) => note?.trim() || null),
    approver: approverSchema.nullable().meta({ description: 'Null when nobody needs to approve' }),
  })
  .refine(({ startDate, endDate }) => startDate <= endDate, {
    path: ['endDate'],
    message: 'must not be before startDate',
  });
export type NewLeaveRequest = z.output<typeof newLeaveRequestSchema>;

/** Leave that was requested. */
export const leaveRequestSchema = z.object({
  id: z.uuid(),
  startDate: calendarDateSchema,
  endDate: calendarDateSchema,
  days: days.meta({ description: 'Working days it takes' }),
  note: z.string().nullable(),
  status: z.enum(['pending', 'approved']),
  approver: approverSchema.nullable(),
  createdAt: z.iso.datetime(),
});
export type LeaveRequest = z.output<typeof leaveRequestSchema>;

/** All leave of a person that is not cancelled, by its first day. */
export const leaveRequestListSchema = z.object({ requests: z.array(leaveRequestSchema) });

/** What a person has left of a year's entitlement. */
export const leaveBalanceSchema = z.object({
  year: z.int(),
  entitlementDays: days,
  bookedDays: days,
  remainingDays: days,
});
export type LeaveBalance = z.output<typeof leaveBalanceSchema>;
