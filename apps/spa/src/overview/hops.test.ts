import { expect, test } from 'vitest';
import { requests } from '../../testing/overview-request.ts';
import { resultOf } from './chain-strip.tsx';
import { describeSource, hopsOf } from './hops.ts';
import type { OverviewRequest } from './overview-request.ts';

const cases: [string, OverviewRequest | null, string[]][] = [
  ['is under way', null, ['waiting…', 'waiting…', 'waiting…']],
  ['exchanged both tokens', requests.exchanged, ['ok · 50.5 ms', 'ok · 10.0 ms', 'ok · 12.0 ms']],
  [
    'has no consent for Graph',
    requests.noConsent,
    ['ok · 50.0 ms', 'no token: consent required', 'ok · 12.0 ms'],
  ],
  ['finds leave down', requests.leaveDown, ['ok · 50.0 ms', 'ok · 10.0 ms', 'failed: unreachable']],
  [
    'fails in both sections',
    requests.bothFailed,
    ['ok · 50.0 ms', 'no token: consent required', 'failed: HTTP 503'],
  ],
  ['is rejected', requests.rejected, ['failed: invalid token', 'not called', 'not called']],
  ['gets no response', requests.noResponse, ['failed: no response', 'not called', 'not called']],
];

test.each(cases)('each hop of a request that %s has its own state', (_which, request, results) => {
  expect(hopsOf(request).map(resultOf)).toEqual(results);
});

test('each hop names its token, and the span that acquired it', () => {
  expect(hopsOf(requests.exchanged)).toMatchObject([
    { token: 'A', from: 'You', to: 'Middle tier', tokenSpan: { scope: 'access_as_user' } },
    { token: 'B', from: 'Middle tier', to: 'Microsoft Graph', tokenSpan: { scope: 'User.Read' } },
    { token: 'C', from: 'Middle tier', to: 'Downstream API', tokenSpan: { scope: 'Leave.Read' } },
  ]);
});

test.each([
  [requests.exchanged, ['new', 'new']],
  [requests.cached, ['cached, 1 min old', 'from another instance']],
  [requests.renewed, ['renewed', 'cached, 50 min old, being renewed']],
])('says where each token came from', (request, sources) => {
  const [, ...calls] = hopsOf(request);
  expect(calls.map(({ tokenSpan }) => tokenSpan && describeSource(tokenSpan))).toEqual(sources);
});
