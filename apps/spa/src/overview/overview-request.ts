import { ApiProblem } from '../middle-tier/problem.ts';
import type { Overview } from './overview.ts';
import { parseServerTiming, type Span } from './server-timing.ts';

/** What is known about a request for the overview. It contains no token and no data of the user. */
export interface OverviewRequest {
  /** Milliseconds since the epoch. */
  finishedAt: number;
  correlationId: string | null;
  spans: Span[];
  /** The code of the problem if the request failed as a whole. */
  failure: string | null;
  /** The code of each section's problem, `null` for a section that was read. */
  sections: { profile: string | null; leave: string | null } | null;
}

/** Describes a request that returned an overview. */
export function describeResponse({ headers }: Response, { profile, leave }: Overview): OverviewRequest {
  const codeOf = (section: Overview['profile'] | Overview['leave']) =>
    section.state === 'ok' ? null : section.problem.code;
  return {
    finishedAt: Date.now(),
    correlationId: headers.get('x-correlation-id'),
    spans: parseServerTiming(headers.get('Server-Timing')),
    failure: null,
    sections: { profile: codeOf(profile), leave: codeOf(leave) },
  };
}

/** Describes a request that failed as a whole; `null` if none was sent, because there was no token to send. */
export function describeFailedRequest(error: unknown, finishedAt: number): OverviewRequest | null {
  if (!(error instanceof ApiProblem)) return null;
  return {
    finishedAt,
    correlationId: error.problem.correlationId ?? null,
    spans: parseServerTiming(error.serverTiming),
    failure: error.problem.code,
    sections: null,
  };
}
