import { useMutation, useQueryClient } from '@tanstack/react-query';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { unexpectedResponse } from '../middle-tier/problem.ts';
import { refetchOverview } from '../overview/use-overview.ts';
import { type LeaveDraft, type LeaveRequest, leaveRequestSchema } from './leave.ts';

/** A request for leave as the user made it. Sending it twice with its key books once. */
export interface NewLeave {
  draft: LeaveDraft;
  /** Whether the middle tier adds it to the user's calendar once it is approved. */
  addToCalendar: boolean;
  idempotencyKey: string;
}

/**
 * Requests leave on behalf of the signed-in user.
 *
 * @param onRequested Called once the overview is up to date again.
 */
export function useRequestLeave(onRequested: (request: LeaveRequest, sent: NewLeave) => void) {
  const callApi = useCallApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ draft, addToCalendar, idempotencyKey }: NewLeave) => {
      const note = draft.note.trim();
      const response = await callApi({
        method: 'POST',
        path: '/api/leave-requests',
        headers: { 'Idempotency-Key': idempotencyKey },
        body: {
          startDate: draft.startDate,
          endDate: draft.endDate,
          ...(note === '' ? {} : { note }),
          ...(addToCalendar ? { addToCalendar } : {}),
        },
      });
      return await readJson(response, leaveRequestSchema);
    },
    onSuccess: async (request, sent) => {
      await refetchOverview(queryClient);
      onRequested(request, sent);
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
      await refetchOverview(queryClient);
      onCanceled();
    },
    networkMode: 'always',
  });
}
