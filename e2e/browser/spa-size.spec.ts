import { goals, measureSpaSize } from '../project/bench/spa-size.ts';
import { expect, test } from './fixtures.ts';

test('loads little more than React and MSAL until the signed-out page works, and no more than it needs until the overview', async ({
  browser,
  baseURL,
}) => {
  const { signedOut, plainReact, untilOverview } = await measureSpaSize(browser, baseURL ?? '');
  expect(plainReact).toBeGreaterThan(50_000);
  expect(signedOut).toBeGreaterThan(plainReact);
  expect(signedOut / plainReact).toBeLessThanOrEqual(goals.signedOutToPlainReact);
  expect(untilOverview).toBeGreaterThan(signedOut);
  expect(untilOverview).toBeLessThanOrEqual(goals.untilOverview);
});
