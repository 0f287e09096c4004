import { expect, test } from 'vitest';
import { requests } from '../../testing/overview-request.ts';
import { hopsOf } from '../overview/hops.ts';
import { summarize } from './summarize.ts';

test.each([
  [
    'exchanged',
    'The middle tier exchanged token A for token B, and called Microsoft Graph. The middle tier exchanged token A for token C, and called the downstream API. It took 50.5 ms in all.',
  ],
  ['cached', 'The middle tier had token B in its cache, and called Microsoft Graph.'],
  ['noConsent', 'The middle tier got no token B (consent required), so it did not call Microsoft Graph.'],
  ['leaveDown', 'but the call to the downstream API failed: unreachable.'],
  ['bothFailed', 'The middle tier got no token B (consent required), so it did not call Microsoft Graph.'],
  ['rejected', 'That failed: invalid token. No other service was called.'],
  ['noResponse', 'That failed: no response.'],
] as const)('the introduction says what happened: %s', (request, sentence) => {
  expect(summarize(hopsOf(requests[request]))).toContain(sentence);
});
