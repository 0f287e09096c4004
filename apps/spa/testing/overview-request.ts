import type { OverviewRequest } from '../src/overview/overview-request.ts';
import { parseServerTiming } from '../src/overview/server-timing.ts';

const tokenA = 'validate_token;dur=2.0;start="0.2";audience="middle-tier";scope="access_as_user";age="30"';
const graphCalls = 'graph_me;dur=10;start="24", graph_photo;dur=4;start="25";failure="404"';
const leaveCalls = 'downstream_balance;dur=8;start="30", downstream_requests;dur=12;start="30"';
const forGraph = 'audience="https://graph.microsoft.com";scope="User.Read"';
const forLeave = 'audience="api://leave";scope="Leave.Read"';

/** Creates a request for the overview from the header that describes it. */
export const createRequest = (
  serverTiming: string,
  { failure = null, sections = { profile: null, leave: null } }: Partial<OverviewRequest> = {},
): OverviewRequest => ({
  finishedAt: 1_000,
  correlationId: '33333333-3333-4333-8333-333333333333',
  spans: parseServerTiming(serverTiming),
  failure,
  sections: failure === null ? sections : null,
});

export const requests = {
  exchanged: createRequest(
    `${tokenA}, graph_token;dur=22.3;start="1.7";desc="identity_provider";${forGraph};age="0", ${graphCalls}, downstream_token;dur=25;start="1.8";desc="identity_provider";${forLeave};age="0", ${leaveCalls}, total;dur=50.5;start="0"`,
  ),
  cached: createRequest(
    `${tokenA}, graph_token;dur=0;start="1.7";desc="cache";${forGraph};age="95", ${graphCalls}, downstream_token;dur=0;start="1.8";desc="shared_cache";${forLeave}, ${leaveCalls}, total;dur=45;start="0"`,
  ),
  renewed: createRequest(
    `${tokenA}, graph_token;dur=20;desc="identity_provider";${forGraph};age="0";renewal="rejected", ${graphCalls}, downstream_token;dur=0;desc="cache";${forLeave};age="3010";renewal="background", ${leaveCalls}, total;dur=45`,
  ),
  noConsent: createRequest(
    `${tokenA}, graph_token;dur=17;start="1.7";${forGraph};failure="consent_required", downstream_token;dur=25;start="1.8";desc="identity_provider";${forLeave};age="0", ${leaveCalls}, total;dur=50`,
    { sections: { profile: 'consent_required', leave: null } },
  ),
  leaveDown: createRequest(
    `${tokenA}, graph_token;dur=0;desc="cache";${forGraph};age="5", ${graphCalls}, downstream_token;dur=0;desc="cache";${forLeave};age="5", downstream_balance;dur=3;start="30";failure="unreachable", total;dur=50`,
    { sections: { profile: null, leave: 'dependency_unavailable' } },
  ),
  bothFailed: createRequest(
    `${tokenA}, graph_token;dur=17;${forGraph};failure="consent_required", downstream_token;dur=0;desc="cache";${forLeave};age="5", downstream_balance;dur=3;failure="503", total;dur=50`,
    { failure: 'consent_required' },
  ),
  rejected: createRequest('validate_token;dur=2;failure="invalid_token", total;dur=3', {
    failure: 'invalid_token',
  }),
  noResponse: createRequest('', { failure: 'no_response' }),
};
