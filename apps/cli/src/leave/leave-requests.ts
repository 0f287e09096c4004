import { randomUUID } from 'node:crypto';
import { type MiddleTier, readJson } from '../middle-tier/middle-tier.ts';
import { type LeaveRequest, leaveRequestSchema } from './leave.ts';

/** Leave as the user asks for it. */
export interface NewLeave {
  startDate: string;
  endDate: string;
  note?: string | undefined;
}

/** Requests leave on behalf of the signed-in user. */
export async function requestLeave(
  middleTier: MiddleTier,
  { startDate, endDate, note }: NewLeave,
): Promise<LeaveRequest> {
  const response = await middleTier.call({
    method: 'POST',
    path: '/api/leave-requests',
    // The same for the repetition, which then books nothing twice.
    headers: { 'Idempotency-Key': randomUUID() },
    body: { startDate, endDate, note },
  });
  return readJson(response, leaveRequestSchema);
}

/** Cancels a leave request on behalf of the signed-in user. */
export async function cancelLeave(middleTier: MiddleTier, id: string): Promise<void> {
  await middleTier.call({ method: 'DELETE', path: `/api/leave-requests/${encodeURIComponent(id)}` });
}
