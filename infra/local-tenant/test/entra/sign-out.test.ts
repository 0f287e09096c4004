import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { requestToken, startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import { enterPassword, names } from './users.ts';

const logoutUrl = 'https://leave.example.com/front-channel-sign-out?from=tenant';
const redirectUri = 'http://localhost:6000/callback';

/** Registers a public client that wants to know when its users sign out. */
function registerClient(tenant: TestTenant, web: { logoutUrl?: string }): string {
  const appId = randomUUID();
  tenant.register({ appId, displayName: 'Client', publicClient: { redirectUris: [redirectUri] }, web });
  return appId;
}

const authorization = (clientId: string) => ({
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: 'openid',
  code_challenge: undefined,
  code_challenge_method: undefined,
});

const signOut = ({ authorityMetadata }: TestTenant, parameters: Record<string, string> = {}): string =>
  `${authorityMetadata.end_session_endpoint}?${new URLSearchParams(parameters)}`;

const framesOn = (page: string): string[] =>
  [...page.matchAll(/<iframe src="([^"]*)"/g)].map(([, address = '']) => address.replaceAll('&amp;', '&'));

test("tells each application that the user signed in to, with the session's ID", async () => {
  const tenant = await startTenant();
  const client = registerClient(tenant, { logoutUrl });
  const silent = registerClient(tenant, {});
  registerClient(tenant, { logoutUrl: 'https://other.example.com/' });
  const browser = openBrowser(tenant);
  await browser.authorize(authorization(client));
  await enterPassword(browser);
  const { code = '' } = (await browser.submit('consent', { consent: 'accept' })).answer;
  await browser.authorize(authorization(silent));
  await browser.submit('consent', { consent: 'accept' });
  const { body } = await requestToken(tenant, {
    grant_type: 'authorization_code',
    client_id: client,
    redirect_uri: redirectUri,
    code,
  });
  const { sid } = decodeJwt(String(body.id_token));

  const { page, response } = await browser.open(signOut(tenant));
  expect(framesOn(page)).toEqual([`${logoutUrl}&sid=${sid}`]);
  expect(response.headers.get('content-security-policy')).toContain('frame-src https://leave.example.com;');
  expect(page).toContain('You signed out of your account');
  expect(framesOn((await browser.open(signOut(tenant))).page), 'once').toEqual([]);
});

test('waits for the applications before it leads back to the one that the user signed out of', async () => {
  const tenant = await startTenant();
  const client = registerClient(tenant, { logoutUrl });
  const browser = openBrowser(tenant);
  await browser.authorize(authorization(client));
  await enterPassword(browser);
  await browser.submit('consent', { consent: 'accept' });
  const { page, status } = await browser.open(
    signOut(tenant, { post_logout_redirect_uri: webRedirectUri, state: 'a&b' }),
  );
  expect(status).toBe(200);
  expect(framesOn(page)).toHaveLength(1);
  expect(page).toContain(`<a class="button" href="${webRedirectUri}?state=a%26b">`);
});

test('of one account keeps the other accounts signed in to their applications', async () => {
  const tenant = await startTenant();
  const client = registerClient(tenant, { logoutUrl });
  const browser = openBrowser(tenant);
  for (const name of [names.employee, names.manager]) {
    await browser.authorize({ ...authorization(client), prompt: 'select_account' });
    await enterPassword(browser, name);
    await browser.submit('consent', { consent: 'accept' });
  }
  const framesAfter = async (hint: string) =>
    framesOn((await browser.open(signOut(tenant, { logout_hint: hint }))).page);
  const [first, second] = [await framesAfter(names.employee), await framesAfter(names.manager)];
  expect([first.length, second.length]).toEqual([1, 1]);
  expect(first).not.toEqual(second);
});
