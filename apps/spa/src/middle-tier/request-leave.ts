import { mutationOptions } from '@tanstack/react-query';
import { callApi } from './call-api.ts';
import { type LeaveRequest, leaveRequestSchema } from './leave.ts';
import { readJson } from './read-json.ts';

export interface LeaveDraft {
  startDate: string;
  endDate: string;
  note: string;
}

export interface RequestLeave {
  draft: LeaveDraft;
  /** Made once per form, so that the same request sent twice books once. */
  idempotencyKey: string;
}

async function requestLeave({ draft, idempotencyKey }: RequestLeave): Promise<LeaveRequest> {
  const note = draft.note.trim();
  const response = await callApi({
    method: 'POST',
    path: '/api/leave-requests',
    headers: { 'Idempotency-Key': idempotencyKey },
    body: { startDate: draft.startDate, endDate: draft.endDate, ...(note === '' ? {} : { note }) },
  });
  return await readJson(response, leaveRequestSchema);
}

export const requestLeaveMutation = mutationOptions({
  mutationKey: ['request-leave'],
  mutationFn: requestLeave,
  networkMode: 'always',
});
