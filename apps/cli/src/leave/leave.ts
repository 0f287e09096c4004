import { z } from 'zod';

export const leaveRequestSchema = z.object({
  id: z.string(),
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  /** Working days, Monday to Friday. */
  days: z.int(),
  note: z.string().nullable(),
  status: z.enum(['pending', 'approved', 'rejected']),
  approver: z.object({ name: z.string(), mail: z.string().nullable() }).nullable(),
  decision: z.object({ decidedAt: z.string(), note: z.string().nullable() }).nullable(),
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
