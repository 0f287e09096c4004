import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { leaveRequestSchema } from '../leave/leave.ts';
import { type MiddleTier, readJson } from '../middle-tier/middle-tier.ts';

/** The request that the user decided. */
export const decidedLeaveRequestSchema = leaveRequestSchema.omit({ approver: true });

export type DecidedLeaveRequest = z.output<typeof decidedLeaveRequestSchema>;

/** A leave request that waits for the user. Its requester has no name if Microsoft Graph did not tell it. */
const teamRequestSchema = decidedLeaveRequestSchema.extend({
  requester: z.object({ name: z.string().nullable() }),
});

export type TeamRequest = z.output<typeof teamRequestSchema>;

/** One page of the requests that wait for the user. */
export const teamSchema = z.object({ requests: z.array(teamRequestSchema), next: z.string().nullable() });

/** Fetches all leave requests that wait for the signed-in user. */
export async function listTeamRequests(middleTier: MiddleTier): Promise<TeamRequest[]> {
  const all: TeamRequest[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const response = await middleTier.call({ path: `/api/team/leave-requests${query}` });
    const { requests, next } = await readJson(response, teamSchema);
    all.push(...requests);
    after = next;
  } while (after !== null);
  return all;
}

/** Decides on a leave request on behalf of the signed-in user. */
export async function decideLeave(
  middleTier: MiddleTier,
  id: string,
  verdict: 'approval' | 'rejection',
  note: string | undefined,
): Promise<DecidedLeaveRequest> {
  const response = await middleTier.call({
    method: 'POST',
    path: `/api/team/leave-requests/${encodeURIComponent(id)}/${verdict}`,
    // The same for the repetition, which then decides nothing twice.
    headers: { 'Idempotency-Key': randomUUID() },
    body: { note },
  });
  return readJson(response, decidedLeaveRequestSchema);
}
