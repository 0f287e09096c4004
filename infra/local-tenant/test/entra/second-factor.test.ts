import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { requestToken, startTenant, type TestTenant } from './tenant.ts';
import { addPolicy, fromSpa, redeem } from './token-requests.ts';
import { enterPassword, onBehalfOf } from './users.ts';

/** Signs in with a password and a second factor, and consents if asked. */
async function signIn(tenant: TestTenant, changes: Record<string, string> = {}) {
  const browser = openBrowser(tenant);
  await browser.authorize(changes);
  const afterPassword = await enterPassword(browser);
  expect(afterPassword.steps).toContain('approval');
  const approved = await browser.submit('approval', { approve: 'yes' });
  const { answer } = approved.steps.includes('consent')
    ? await browser.submit('consent', { consent: 'accept' })
    : approved;
  const { body } = await requestToken(tenant, redeem(tenant, answer.code ?? ''), fromSpa);
  return { browser, accessToken: String(body.access_token) };
}

test('a policy on the resource requires a second factor; a user who denies it sees AADSTS500121 and can try again', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const browser = openBrowser(tenant);
  await browser.authorize();
  expect((await enterPassword(browser)).steps).toEqual(['approval', 'other-account']);
  const denied = await browser.submit('approval', { approve: 'no' });
  expect(denied).toMatchObject({ status: 200, shown: 500121, steps: ['approval', 'other-account'] });
  expect((await browser.submit('approval', { approve: 'yes' })).steps).toContain('consent');
});

test('the second factor counts for the exchange, and for the next sign-in in this browser', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  addPolicy(tenant, 'mfa', tenant.apps.downstream);
  const { browser, accessToken } = await signIn(tenant);
  expect((await requestToken(tenant, onBehalfOf(tenant, accessToken))).status).toBe(200);
  expect((await browser.authorize()).answer.code).toBeDefined();
});

test('the claims of a rejected exchange lead to the second factor, and then the exchange works', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  const { answer } = await browser.submit('consent', { consent: 'accept' });
  const { body } = await requestToken(tenant, redeem(tenant, answer.code ?? ''), fromSpa);
  addPolicy(tenant, 'mfa', tenant.apps.downstream);
  const rejected = await requestToken(tenant, onBehalfOf(tenant, String(body.access_token)));
  expect(rejected.body).toMatchObject({ error: 'interaction_required', error_codes: [50076] });

  const { accessToken } = await signIn(tenant, { claims: String(rejected.body.claims) });
  expect((await requestToken(tenant, onBehalfOf(tenant, accessToken))).status).toBe(200);
});

test('a requested authentication context is in the token once it is satisfied', async () => {
  const tenant = await startTenant();
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
  const { accessToken } = await signIn(tenant, { claims });
  expect(decodeJwt(accessToken).acrs).toEqual(['c1']);
});

test('with prompt=none the client gets AADSTS50076 interaction_required', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const { answer } = await browser.authorize({ prompt: 'none' });
  expect(answer.error).toBe('interaction_required');
  expect(answer.error_description).toMatch(/^AADSTS50076: /);
});
