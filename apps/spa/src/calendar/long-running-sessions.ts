import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from '../configuration/zod.ts';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { unexpectedResponse } from '../middle-tier/problem.ts';

export const sessionSchema = z.object({
  id: z.string(),
  purpose: z.literal('calendar'),
  state: z.enum(['active', 'action_required']),
  /** What the user must do so that it continues. */
  action: z.nullable(z.enum(['sign_in', 'consent', 'retry'])),
  /** The code of the problem that stopped it. */
  reason: z.nullable(z.string()),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  endsAt: z.string(),
  /** How many leave requests are not in the calendar yet. */
  waiting: z.int(),
});

/** What the middle tier keeps so that it can act on behalf of the user while they are away. */
export type LongRunningSession = z.output<typeof sessionSchema>;

export const sessionsSchema = z.object({ sessions: z.array(sessionSchema) });
const sessionsKey = ['long-running-sessions'];
const route = '/api/long-running-sessions';

/** Fetches the user's long-running sessions. */
export function useLongRunningSessions() {
  const callApi = useCallApi();
  return useQuery({
    queryKey: sessionsKey,
    queryFn: async ({ signal }) =>
      (await readJson(await callApi({ path: route, signal }), sessionsSchema)).sessions,
    networkMode: 'always',
    retry: false,
  });
}

/** Renews a session with the user's present token, so that it continues. */
export function useRenewSession() {
  const callApi = useCallApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      const response = await callApi({
        method: 'POST',
        path: `${route}/${encodeURIComponent(id)}/renewal`,
        route: `${route}/:id/renewal`,
      });
      return await readJson(response, sessionSchema);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
    networkMode: 'always',
  });
}

/** Ends a session: the middle tier deletes what it keeps. */
export function useEndSession() {
  const callApi = useCallApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      const response = await callApi({
        method: 'DELETE',
        path: `${route}/${encodeURIComponent(id)}`,
        route: `${route}/:id`,
      });
      if (response.status !== 204) throw unexpectedResponse(response);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
    networkMode: 'always',
  });
}
