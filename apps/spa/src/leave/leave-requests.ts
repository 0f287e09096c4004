import { useMutation, useQueryClient } from '@tanstack/react-query';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { unexpectedResponse } from '../middle-tier/problem.ts';
import { overviewKey } from '../overview/use-overview.ts';
import { type LeaveDraft, type LeaveRequest, leaveRequestSchema } from './leave.ts';

/**
 * Requests leave on behalf of the signed-in user. Sending the same idempotency key twice books once.
 *
 * @param onRequested Called once the overview is up to date again.
 */
export function useRequestLeave(onRequested: (request: LeaveRequest) => void) {
  const callApi = useCallApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ draft, idempotencyKey }: { draft: LeaveDraft; idempotencyKey: string }) => {
      const note = draft.note.trim();
      const response = await callApi({
        method: 'POST',
        path: '/api/leave-requests',
        headers: { 'Idempotency-Key': idempotencyKey },
        body: { startDate: draft.startDate, endDate: draft.endDate, ...(note === '' ? {} : { note }) },
      });
      return await readJson(response, leaveRequestSchema);
    },
    onSuccess: async (request) => {
      await queryClient.invalidateQueries({ queryKey: overviewKey });
      onRequested(request);
    },
    networkMode: 'always',
  });
}

/**
 * Cancels a leave request on behalf of the signed-in user.
 *
 * @param onCanceled Called once the overview is up to date again.
 */
export function useCancelLeave(onCanceled: () => void) {
  const callApi = useCallApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ id }: LeaveRequest) => {
      const response = await callApi({
        method: 'DELETE',
        path: `/api/leave-requests/${encodeURIComponent(id)}`,
        route: '/api/leave-requests/:id',
      });
      if (response.status !== 204) throw unexpectedResponse(response);
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: overviewKey });
      onCanceled();
    },
    networkMode: 'always',
  });
}
