import { mutationOptions } from '@tanstack/react-query';
import { callApi } from './call-api.ts';
import type { LeaveRequest } from './leave.ts';

async function cancelLeave({ id }: LeaveRequest): Promise<void> {
  await callApi({
    method: 'DELETE',
    path: `/api/leave-requests/${encodeURIComponent(id)}`,
    route: '/api/leave-requests/:id',
  });
}

export const cancelLeaveMutation = mutationOptions({
  mutationKey: ['cancel-leave'],
  mutationFn: cancelLeave,
  networkMode: 'always',
});
