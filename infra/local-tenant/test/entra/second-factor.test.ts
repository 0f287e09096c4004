import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { readShownCode } from '../../src/sign-in-pages.ts';
import { openBrowser } from './browser.ts';
import { requestToken, startTenant, type TestTenant } from './tenant.ts';
import { addPolicy, fromSpa, redeem } from './token-requests.ts';
import { enterPassword, onBehalfOf } from './users.ts';

/** Signs in with a password and a second factor, and consents if asked. */
async function signIn(tenant: TestTenant, changes: Record<string, string> = {}) {
  const browser = openBrowser(tenant);
  await browser.authorize(changes);
  const afterPassword = await enterPassword(browser);
  expect(afterPassword.steps).toContain('one-time-code');
  const verified = await browser.submit('one-time-code', { otc: readShownCode(afterPassword.page) });
  const { answer } = verified.steps.includes('consent')
    ? await browser.submit('consent', { consent: 'accept' })
    : verified;
  const { body } = await requestToken(tenant, redeem(tenant, answer.code ?? ''), fromSpa);
  return { browser, accessToken: String(body.access_token) };
}

test('a policy on the resource requires a one-time code; a user who enters another sees AADSTS500121 and gets a new one', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const browser = openBrowser(tenant);
  await browser.authorize();
  const asked = await enterPassword(browser);
  expect(asked.steps).toEqual(['one-time-code', 'other-account']);
  const first = readShownCode(asked.page);
  let shown = asked;
  for (const otc of ['', 'abcdef', String((Number(first) + 1) % 1_000_000).padStart(6, '0')]) {
    shown = await browser.submit('one-time-code', { otc });
    expect(shown).toMatchObject({ status: 200, shown: 500121, steps: ['one-time-code', 'other-account'] });
  }
  expect((await browser.submit('one-time-code', { otc: ` ${readShownCode(shown.page)} ` })).steps).toContain(
    'consent',
  );
});

test('a user who cancels the second factor returns to the client', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  const { answer } = await browser.submit('one-time-code', { cancel: '1' });
  expect(answer).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', state: 'the-state' });
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

test('a context is in an exchanged token only if the resource asks for the optional claim acrs', async () => {
  const tenant = await startTenant();
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
  const { accessToken } = await signIn(tenant, { claims });
  const exchange = async (changes: Record<string, string> = {}) => {
    const { body } = await requestToken(tenant, { ...onBehalfOf(tenant, accessToken), ...changes });
    return decodeJwt(String(body.access_token)).acrs;
  };
  expect(await exchange()).toBeUndefined();
  expect(await exchange({ claims })).toEqual(['c1']);
  const downstream = tenant.directory.findApplication(tenant.apps.downstream);
  const acrs = { name: 'acrs', source: null, essential: false, additionalProperties: [] };
  if (downstream) downstream.optionalClaims = { accessToken: [acrs], idToken: [], saml2Token: [] };
  expect(await exchange()).toEqual(['c1']);
});

test('a context that is requested after the second factor is in the token without another one', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'mfa', tenant.apps.middleTier);
  const { browser } = await signIn(tenant);
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
  const { answer } = await browser.authorize({ claims });
  const { body } = await requestToken(tenant, redeem(tenant, answer.code ?? ''), fromSpa);
  expect(decodeJwt(String(body.access_token)).acrs).toEqual(['c1']);
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
