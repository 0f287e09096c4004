import { queryOptions } from '@tanstack/react-query';
import { callApi } from './call-api.ts';
import { type Overview, overviewSchema } from './overview.ts';
import { ApiProblem } from './problem.ts';
import { readJson } from './read-json.ts';
import { type Hop, parseServerTiming } from './server-timing.ts';

export interface OverviewAnswer {
  overview: Overview;
  correlationId: string | null;
  /** What each hop of the request took, in the order the middle tier tells. */
  hops: Hop[];
}

async function getOverview(signal: AbortSignal): Promise<OverviewAnswer> {
  const response = await callApi({ path: '/api/overview', signal });
  return {
    overview: await readJson(response, overviewSchema),
    correlationId: response.headers.get('x-correlation-id'),
    hops: parseServerTiming(response.headers.get('Server-Timing')),
  };
}

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => getOverview(signal),
  staleTime: 30_000,
  // Without this, an offline browser would show a skeleton for as long as it is offline.
  networkMode: 'always',
  retry: (failures, error) => failures < 1 && error instanceof ApiProblem && isPassing(error),
});

function isPassing({ problem, challenge }: ApiProblem): boolean {
  return challenge === null && (problem.status === 0 || problem.status >= 502);
}
