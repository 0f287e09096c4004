import { z } from '../configuration/zod.ts';
import { leaveRequestSchema } from '../leave/leave.ts';

/** The request that the user decided. */
export const decidedLeaveRequestSchema = z.omit(leaveRequestSchema, { approver: true });

/** A leave request that waits for the user. Its requester has no name if Microsoft Graph did not tell it. */
const teamRequestSchema = z.extend(decidedLeaveRequestSchema, {
  requester: z.object({ name: z.nullable(z.string()), photo: z.nullable(z.string()) }),
});

export type TeamRequest = z.output<typeof teamRequestSchema>;

/** One page of the requests that wait for the user. */
export const teamSchema = z.object({ requests: z.array(teamRequestSchema), next: z.nullable(z.string()) });

/** A decision as the user made it. Sending it twice with its key decides once. */
const decisionSchema = z.object({
  requestId: z.string(),
  verdict: z.enum(['approval', 'rejection']),
  note: z.string(),
  idempotencyKey: z.string(),
});

export type Decision = z.output<typeof decisionSchema>;

/** A decision that a redirect interrupted. */
export const interruptedDecisionSchema = z.object({
  kind: z.literal('decide-leave'),
  decision: decisionSchema,
});
