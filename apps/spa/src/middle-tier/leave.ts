import { z } from '../configuration/zod.ts';

/** A day without a time or a zone, `2026-12-21`. */
const plainDateSchema = z.iso.date();

export const leaveRequestSchema = z.object({
  id: z.string(),
  startDate: plainDateSchema,
  endDate: plainDateSchema,
  /** Working days, Monday to Friday. */
  days: z.int(),
  note: z.nullable(z.string()),
  status: z.enum(['pending', 'approved']),
  approver: z.nullable(z.object({ name: z.string(), mail: z.nullable(z.string()) })),
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
