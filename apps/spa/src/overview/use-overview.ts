import { useQuery } from '@tanstack/react-query';
import { readJson, useCallApi } from '../middle-tier/call-api.ts';
import { ApiProblem, challengeOf } from '../middle-tier/problem.ts';
import { overviewSchema } from './overview.ts';
import { parseServerTiming } from './server-timing.ts';

export const overviewKey = ['overview'];

/** Fetches the overview on behalf of the signed-in user, with the timings and the correlation ID of the request. */
export function useOverview() {
  const callApi = useCallApi();
  return useQuery({
    queryKey: overviewKey,
    queryFn: async ({ signal }) => {
      const response = await callApi({ path: '/api/overview', signal });
      return {
        overview: await readJson(response, overviewSchema),
        correlationId: response.headers.get('x-correlation-id'),
        spans: parseServerTiming(response.headers.get('Server-Timing')),
      };
    },
    staleTime: 30_000,
    // Without this, an offline browser would show a skeleton for as long as it is offline.
    networkMode: 'always',
    retry: (failures, error) => failures < 1 && error instanceof ApiProblem && isTransient(error),
  });
}

function isTransient({ problem }: ApiProblem): boolean {
  return challengeOf(problem) === null && (problem.status === 0 || problem.status >= 502);
}
