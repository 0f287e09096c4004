import { useMsal } from '@azure/msal-react';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { ApiProblem, challengeOf } from '../middle-tier/problem.ts';
import { readFromTab, sessionKey, storeInTab } from '../sign-in/tab-storage.ts';
import { overviewSchema } from './overview.ts';
import { describeFailedRequest, describeResponse } from './overview-request.ts';

export const overviewKey = ['overview'];

/**
 * Fetches the overview on behalf of the signed-in user.
 *
 * @returns The query, and the latest request that was finished, whether it succeeded or failed.
 */
export function useOverview() {
  const callApi = useCallApi();
  const { instance } = useMsal();
  const query = useQuery({
    queryKey: overviewKey,
    queryFn: async ({ signal }) => {
      const response = await callApi({ path: '/api/overview', signal });
      const overview = await readJson(response, overviewSchema);
      const request = describeResponse(response, overview);
      const key = sessionKey(instance.getActiveAccount()?.homeAccountId ?? '');
      // *How it works* compares later requests with the first one, which acquired the tokens.
      const isComplete = overview.profile.state === 'ok' && overview.leave.state === 'ok';
      if (isComplete && readFromTab(key) === null) storeInTab(key, JSON.stringify(request));
      return { overview, request };
    },
    staleTime: 30_000,
    // Without this, an offline browser would show a skeleton for as long as it is offline.
    networkMode: 'always',
    retry: (failures, error) => failures < 1 && error instanceof ApiProblem && isTransient(error),
  });
  const { data, error, errorUpdatedAt } = query;
  const request = error ? describeFailedRequest(error, errorUpdatedAt) : (data?.request ?? null);
  return { ...query, request };
}

/**
 * Fetches the overview again after a change. A request under way may have been answered before the change, so it is
 * canceled: without data, TanStack Query would take its result for the new one.
 */
export async function refetchOverview(queryClient: QueryClient): Promise<void> {
  await queryClient.cancelQueries({ queryKey: overviewKey });
  await queryClient.invalidateQueries({ queryKey: overviewKey });
}

function isTransient({ problem }: ApiProblem): boolean {
  return challengeOf(problem) === null && (problem.status === 0 || problem.status >= 502);
}
