import { z } from '../configuration/zod.ts';

/** A date without time and time zone, such as `2026-12-21`. */
const plainDateSchema = z.iso.date();

export const leaveRequestSchema = z.object({
  id: z.string(),
  startDate: plainDateSchema,
  endDate: plainDateSchema,
  /** Working days, Monday to Friday. */
  days: z.int(),
  note: z.nullable(z.string()),
  status: z.enum(['pending', 'approved', 'rejected']),
  approver: z.nullable(z.object({ name: z.string(), mail: z.nullable(z.string()) })),
  decision: z.nullable(z.object({ decidedAt: z.string(), note: z.nullable(z.string()) })),
  createdAt: z.string(),
});

export type LeaveRequest = z.output<typeof leaveRequestSchema>;

export const leaveSchema = z.object({
  balance: z.object({
    year: z.int(),
    entitlementDays: z.int(),
    bookedDays: z.int(),
    remainingDays: z.int(),
  }),
  requests: z.array(leaveRequestSchema),
});

export type Leave = z.output<typeof leaveSchema>;

/** The fields of the form, as the user filled them in. */
const leaveDraftSchema = z.object({ startDate: z.string(), endDate: z.string(), note: z.string() });

export type LeaveDraft = z.output<typeof leaveDraftSchema>;

/** A request for leave that a redirect interrupted. */
export const interruptedRequestSchema = z.object({
  kind: z.literal('request-leave'),
  draft: leaveDraftSchema,
  addToCalendar: z.boolean(),
  idempotencyKey: z.string(),
});

/** A cancellation that a redirect interrupted. */
export const interruptedCancellationSchema = z.object({
  kind: z.literal('cancel-leave'),
  requestId: z.string(),
});
