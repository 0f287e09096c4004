import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { type Decision, decidedLeaveRequestSchema, teamSchema } from './team.ts';

const teamKey = ['team'];

/** Fetches the leave requests that wait for the signed-in user, page by page. */
export function useTeam() {
  const callApi = useCallApi();
  return useInfiniteQuery({
    queryKey: teamKey,
    queryFn: async ({ pageParam, signal }) => {
      const query = pageParam === null ? '' : `?after=${encodeURIComponent(pageParam)}`;
      const route = '/api/team/leave-requests';
      return await readJson(await callApi({ path: `${route}${query}`, route, signal }), teamSchema);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    networkMode: 'always',
    retry: false,
  });
}

/** Returns a function that fetches the requests again, as `refetchOverview` does. */
export function useRefreshTeam() {
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.cancelQueries({ queryKey: teamKey });
    await queryClient.invalidateQueries({ queryKey: teamKey });
  };
}

/** Decides on a leave request on behalf of the signed-in user. */
export function useDecideLeave() {
  const callApi = useCallApi();
  return useMutation({
    mutationFn: async ({ requestId, verdict, note, idempotencyKey }: Decision) => {
      const trimmed = note.trim();
      const response = await callApi({
        method: 'POST',
        path: `/api/team/leave-requests/${encodeURIComponent(requestId)}/${verdict}`,
        route: `/api/team/leave-requests/:id/${verdict}`,
        headers: { 'Idempotency-Key': idempotencyKey },
        body: trimmed === '' ? {} : { note: trimmed },
      });
      return await readJson(response, decidedLeaveRequestSchema);
    },
    networkMode: 'always',
  });
}
