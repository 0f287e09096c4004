import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { type Browser, openBrowser, type Seen } from './browser.ts';
import { testRejections } from './rejections.ts';
import { postForm, requestToken, secret, startTenant, type TestTenant } from './tenant.ts';
import { addPolicy, revoke } from './token-requests.ts';
import { enterPassword, names, password } from './users.ts';

const deviceEndpoint = ({ baseUrl, tenantId }: TestTenant) => `${baseUrl}/${tenantId}/oauth2/v2.0/devicecode`;
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** Registers a public client, which needs no secret, and returns its ID. */
function registerDeviceApp(tenant: TestTenant): string {
  const appId = randomUUID();
  tenant.register({ appId, displayName: 'obo-device', isFallbackPublicClient: true });
  return appId;
}

async function authorizeDevice(
  tenant: TestTenant,
  clientId = registerDeviceApp(tenant),
  scope = 'openid profile offline_access User.Read',
) {
  const { body: answer } = await postForm(deviceEndpoint(tenant), { client_id: clientId, scope });
  const device = { grant_type: grantType, client_id: clientId, device_code: String(answer.device_code) };
  return {
    answer,
    userCode: String(answer.user_code),
    poll: (changes: Record<string, string> = {}) => requestToken(tenant, { ...device, ...changes }),
  };
}

/** Opens the page for devices, and types the code. */
async function typeCode(tenant: TestTenant, code: string): Promise<{ browser: Browser; seen: Seen }> {
  const browser = openBrowser(tenant);
  await browser.open(`${tenant.baseUrl}/common/oauth2/deviceauth`);
  return { browser, seen: await browser.submit('device-code', { user_code: code }) };
}

async function signIn(tenant: TestTenant, code: string): Promise<{ browser: Browser; seen: Seen }> {
  const { browser } = await typeCode(tenant, code);
  await enterPassword(browser);
  const seen = await browser.submit('consent', { consent: 'accept' });
  return { browser, seen };
}

test('a device gets a code, the user signs in with it elsewhere, and the device gets tokens once', async () => {
  const tenant = await startTenant();
  const { answer, userCode, poll } = await authorizeDevice(tenant);
  const verification_uri = `${tenant.baseUrl}/devicelogin`;
  expect(answer).toEqual({
    user_code: expect.stringMatching(/^[A-Z0-9]{9}$/),
    device_code: expect.stringMatching(/^[\w-]{64}$/),
    verification_uri,
    expires_in: 900,
    interval: 5,
    message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${userCode} to authenticate.`,
  });
  expect((await poll()).body).toMatchObject({ error: 'authorization_pending', error_codes: [70016] });

  const { browser, seen } = await signIn(tenant, userCode);
  expect(seen.page).toContain('Are you trying to sign in to obo-device?');
  expect((await poll()).body.error).toBe('authorization_pending');
  const { page } = await browser.submit('device-confirmation', { continue: 'yes' });
  expect(page).toContain('You have signed in to obo-device on your device');

  const { status, body } = await poll();
  expect(status).toBe(200);
  expect(body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) });
  expect(decodeJwt(String(body.access_token))).toMatchObject({ scp: 'openid profile User.Read' });
  expect((await poll()).body).toMatchObject({ error: 'bad_verification_code', error_codes: [70018] });
  expect(tenant.requests.device_code).toBe(4);
});

test('the address on the device redirects to the page for the code', async () => {
  const tenant = await startTenant();
  const { response } = await openBrowser(tenant).open(`${tenant.baseUrl}/devicelogin`);
  expect(response.headers.get('location')).toBe('/common/oauth2/deviceauth');
});

test('a code may be typed in lower case, with hyphens and spaces', async () => {
  const tenant = await startTenant();
  const { userCode } = await authorizeDevice(tenant);
  const typed = ` ${userCode.slice(0, 4).toLowerCase()}-${userCode.slice(4)} `;
  expect((await typeCode(tenant, typed)).seen.steps).toContain('account');
});

test('a user who is signed in still chooses an account for the device', async () => {
  const tenant = await startTenant();
  const { userCode } = await authorizeDevice(tenant);
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  await browser.open(`${tenant.baseUrl}/common/oauth2/deviceauth`);
  const { steps } = await browser.submit('device-code', { user_code: userCode });
  expect(steps).toEqual(['account']);
});

test.each([
  { number: 90119, when: 'is empty', code: async () => ' ' },
  { number: 70018, when: 'is wrong', code: async () => 'BCDFGHJKL' },
  {
    number: 70019,
    when: 'has expired',
    async code(tenant: TestTenant) {
      const { userCode } = await authorizeDevice(tenant);
      tenant.advance(tenant.lifetimes.deviceCode + 1);
      return userCode;
    },
  },
  {
    number: 90120,
    when: 'was already used',
    async code(tenant: TestTenant) {
      const { userCode } = await authorizeDevice(tenant);
      const { browser } = await signIn(tenant, userCode);
      await browser.submit('device-confirmation', { continue: 'no' });
      return userCode;
    },
  },
])('AADSTS$number is shown next to a code that $when', async ({ number, code }) => {
  const tenant = await startTenant();
  const { seen } = await typeCode(tenant, await code(tenant));
  expect(seen).toMatchObject({ status: 200, shown: number, steps: ['device-code'] });
});

test.each(['confirmation', 'consent'] as const)(
  'the device gets authorization_declined when the user declines at the %s',
  async (step) => {
    const tenant = await startTenant();
    const { userCode, poll } = await authorizeDevice(tenant);
    const { browser } = await typeCode(tenant, userCode);
    await enterPassword(browser);
    if (step === 'consent') await browser.submit('consent', { consent: 'cancel' });
    else {
      await browser.submit('consent', { consent: 'accept' });
      const { page } = await browser.submit('device-confirmation', { continue: 'no' });
      expect(page).toContain('You did not sign in');
    }
    expect((await poll()).body).toMatchObject({ error: 'authorization_declined', error_codes: [70018] });
  },
);

test('an error during sign-in is shown to the user, and the device keeps waiting', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'block', '00000003-0000-0000-c000-000000000000');
  const { userCode, poll } = await authorizeDevice(tenant);
  const { browser } = await typeCode(tenant, userCode);
  expect(await enterPassword(browser)).toMatchObject({ status: 400, shown: 53003 });
  expect((await poll()).body.error).toBe('authorization_pending');
});

test('a forged confirmation approves nothing', async () => {
  const tenant = await startTenant();
  const { userCode, poll } = await authorizeDevice(tenant);
  const { browser } = await typeCode(tenant, userCode);
  await browser.submit('account', { account: names.employee });
  const forged = await browser.submit('password', { password: 'wrong' });
  const flow = /name="flow" value="([^"]+)"/.exec(forged.page)?.[1] ?? '';
  await browser.post(`${tenant.baseUrl}/${tenant.tenantId}/sign-in/device`, { flow, continue: 'yes' });
  expect((await poll()).body.error).toBe('authorization_pending');
});

test('a device gets the claims of its last poll, and the scopes that it names there', async () => {
  const tenant = await startTenant();
  const scope = `openid offline_access api://${tenant.apps.middleTier}/access_as_user User.Read`;
  const { userCode, poll } = await authorizeDevice(tenant, registerDeviceApp(tenant), scope);
  const { browser } = await signIn(tenant, userCode);
  await browser.submit('device-confirmation', { continue: 'yes' });
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } });
  const { body } = await poll({ claims, scope: `api://${tenant.apps.middleTier}/access_as_user` });
  expect(decodeJwt(String(body.access_token))).toMatchObject({
    aud: tenant.apps.middleTier,
    scp: 'access_as_user',
    xms_cc: ['CP1'],
  });
  const renewed = await requestToken(tenant, {
    grant_type: 'refresh_token',
    client_id: String(decodeJwt(String(body.access_token)).azp),
    refresh_token: String(body.refresh_token),
  });
  expect(renewed.status).toBe(200);
});

test('a confidential client must authenticate', async () => {
  const tenant = await startTenant();
  const { userCode, poll } = await authorizeDevice(tenant, tenant.apps.middleTier);
  const { browser } = await typeCode(tenant, userCode);
  await browser.submit('account', { account: names.employee });
  await browser.submit('password', { password });
  await browser.submit('consent', { consent: 'accept' });
  await browser.submit('device-confirmation', { continue: 'yes' });
  expect((await poll()).body.error_codes).toEqual([7000218]);
  expect((await poll({ client_secret: secret })).status).toBe(200);
});

testRejections([
  {
    number: 70020,
    when: 'the device code has expired',
    error: 'expired_token',
    async send(tenant) {
      const { poll } = await authorizeDevice(tenant);
      tenant.advance(tenant.lifetimes.deviceCode + 1);
      return poll();
    },
  },
  {
    number: 70018,
    when: 'the device code is unknown',
    error: 'bad_verification_code',
    send: async (tenant) => (await authorizeDevice(tenant)).poll({ device_code: 'x'.repeat(64) }),
  },
  {
    number: 70018,
    when: 'the device code belongs to another client',
    error: 'bad_verification_code',
    send: async (tenant) => (await authorizeDevice(tenant)).poll({ client_id: registerDeviceApp(tenant) }),
  },
  {
    number: 900144,
    when: 'device_code is missing',
    error: 'invalid_request',
    send: async (tenant) => (await authorizeDevice(tenant)).poll({ device_code: '' }),
  },
  {
    number: 50173,
    when: 'the sign-in for the device was revoked before the device polled',
    error: 'invalid_grant',
    suberror: 'bad_token',
    async send(tenant) {
      const { userCode, poll } = await authorizeDevice(tenant);
      const { browser } = await signIn(tenant, userCode);
      await browser.submit('device-confirmation', { continue: 'yes' });
      revoke(tenant, names.employee);
      return poll();
    },
  },
]);

test.each([
  { number: 900144, when: 'scope is missing', body: { scope: '' } },
  { number: 900144, when: 'client_id is missing', body: { client_id: '' } },
  { number: 700016, when: 'the client is unknown', body: { client_id: randomUUID() } },
  { number: 500011, when: 'the resource is unknown', body: { scope: 'api://unknown/.default' } },
])('AADSTS$number is sent to a device when $when', async ({ number, body }) => {
  const tenant = await startTenant();
  const asked = { client_id: registerDeviceApp(tenant), scope: 'openid', ...body };
  const answer = await postForm(deviceEndpoint(tenant), asked);
  expect(answer).toMatchObject({ status: 400, body: { error_codes: [number] } });
});
