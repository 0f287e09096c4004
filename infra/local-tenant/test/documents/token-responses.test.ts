import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../entra/browser.ts';
import {
  type JsonResponse,
  openTenant,
  postForm,
  requestToken,
  secret,
  type TestTenant,
} from '../entra/tenant.ts';
import { addPolicy, clientCredentials, fromSpa, getCode, redeem } from '../entra/token-requests.ts';
import { enterPassword, onBehalfOf, refresh, signInToSpa } from '../entra/users.ts';
import { errorFields, testFields } from './fields.ts';

/**
 * The examples and tables of MicrosoftDocs/entra-docs, docs/identity-platform, as of the dates they carry:
 * v2-oauth2-on-behalf-of-flow.md (2024-01), v2-oauth2-auth-code-flow.md (2024-04),
 * v2-oauth2-client-creds-grant-flow.md (2023-02), v2-oauth2-device-code.md (2024-01), reference-error-codes.md (2024-04).
 */
let tenant: TestTenant;
let close: () => void;
const answers: Record<string, JsonResponse> = {};
const bodyOf = (name: string) => () => answers[name]?.body ?? {};
const tenantUrl = () => `${tenant.baseUrl}/${tenant.tenantId}`;

async function signInOnDevice(): Promise<void> {
  const clientId = randomUUID();
  tenant.register({ appId: clientId, displayName: 'device', isFallbackPublicClient: true });
  const scope = 'user.read openid profile offline_access';
  const device = await postForm(`${tenantUrl()}/oauth2/v2.0/devicecode`, { client_id: clientId, scope });
  const poll = () =>
    requestToken(tenant, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: clientId,
      device_code: String(device.body.device_code),
    });
  answers.device = device;
  answers.devicePending = await poll();
  const browser = openBrowser(tenant);
  await browser.open(`${tenantUrl()}/oauth2/deviceauth`);
  await browser.submit('device-code', { user_code: String(device.body.user_code) });
  await enterPassword(browser);
  await browser.submit('consent', { consent: 'accept' });
  await browser.submit('device-confirmation', { continue: 'yes' });
  answers.deviceTokens = await poll();
}

beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  answers.code = await requestToken(tenant, redeem(tenant, await getCode(tenant)), fromSpa);
  const { access_token, refresh_token } = await signInToSpa(tenant);
  answers.refresh = await requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
  const graph = 'https://graph.microsoft.com/user.read';
  const exchange = (scope: string) => requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
  answers.onBehalfOf = await exchange(graph);
  answers.onBehalfOfOffline = await exchange(`${graph} offline_access`);
  answers.clientCredentials = await requestToken(tenant, clientCredentials(tenant));
  answers.scopeError = await requestToken(
    tenant,
    clientCredentials(tenant, { scope: 'https://foo.microsoft.com/.default' }),
  );
  await signInOnDevice();
  addPolicy(tenant, 'mfa', tenant.apps.downstream);
  answers.interactionError = await exchange(`api://${tenant.apps.downstream}/Leave.Read`);
});
afterAll(() => close());

testFields('On-Behalf-Of, success response with offline_access', bodyOf('onBehalfOfOffline'), {
  token_type: 'Bearer',
  scope: 'text',
  expires_in: 'seconds',
  ext_expires_in: 'seconds',
  access_token: 'a JWT',
  refresh_token: 'opaque text',
});
testFields('On-Behalf-Of, success response', bodyOf('onBehalfOf'), {
  token_type: 'Bearer',
  scope: 'text',
  expires_in: 'seconds',
  ext_expires_in: 'seconds',
  access_token: 'a JWT',
  refresh_token: 'absent',
});
testFields(
  'On-Behalf-Of, error response for Conditional Access',
  bodyOf('interactionError'),
  { ...errorFields, claims: 'a claims request' },
  { suberror: 'MSAL tells interaction by it', error_uri: 'reference-error-codes.md has it' },
);
testFields(
  'Authorization code, successful token response',
  bodyOf('code'),
  {
    access_token: 'a JWT',
    token_type: 'Bearer',
    expires_in: 'seconds',
    scope: 'text',
    refresh_token: 'opaque text',
    id_token: 'a JWT',
  },
  {
    ext_expires_in: 'MSAL keeps it',
    refresh_token_expires_in: 'MSAL in the browser keeps it',
    client_info: 'MSAL names accounts by it',
  },
);
testFields(
  'Authorization code, refreshed token response',
  bodyOf('refresh'),
  {
    access_token: 'a JWT',
    token_type: 'Bearer',
    expires_in: 'seconds',
    scope: 'text',
    refresh_token: 'opaque text',
    id_token: 'absent',
  },
  { ext_expires_in: 'MSAL keeps it', refresh_token_expires_in: 'MSAL in the browser keeps it' },
);
testFields(
  'Client credentials, successful response',
  bodyOf('clientCredentials'),
  { token_type: 'Bearer', expires_in: 'seconds', access_token: 'a JWT', refresh_token: 'absent' },
  { ext_expires_in: 'MSAL keeps it' },
);
testFields('Client credentials, error response', bodyOf('scopeError'), errorFields, {
  error_uri: 'reference-error-codes.md has it',
});
testFields('Error codes, sample error response', bodyOf('scopeError'), {
  ...errorFields,
  error_uri: 'a URL',
});
testFields('Device code, device authorization response', bodyOf('device'), {
  device_code: 'opaque text',
  user_code: 'text',
  verification_uri: 'a URL',
  expires_in: 'seconds',
  interval: 'seconds',
  message: 'text',
  verification_uri_complete: 'absent',
});
testFields('Device code, expected error', bodyOf('devicePending'), errorFields, {
  error_uri: 'reference-error-codes.md has it',
});
testFields(
  'Device code, successful authentication response',
  bodyOf('deviceTokens'),
  {
    token_type: 'Bearer',
    scope: 'text',
    expires_in: 'seconds',
    access_token: 'a JWT',
    refresh_token: 'opaque text',
    id_token: 'a JWT',
  },
  { ext_expires_in: 'MSAL keeps it' },
);

test.each([
  { page: 'On-Behalf-Of', name: 'interactionError', error: 'interaction_required', status: 400 },
  { page: 'Device code', name: 'devicePending', error: 'authorization_pending', status: 400 },
])('$page: the error is $error, with status $status', ({ name, error, status }) => {
  expect(answers[name]).toMatchObject({ status, body: { error } });
});

test('On-Behalf-Of: the claims are a challenge for the policy, by its id', () => {
  const claims = JSON.parse(String(answers.interactionError?.body.claims));
  const [policy] = tenant.directory.state.conditionalAccessPolicies;
  expect(claims).toEqual({ access_token: { capolids: { essential: true, values: [policy?.id] } } });
});

test('Device code: fifteen minutes, and a poll each five seconds', () => {
  expect(answers.device?.body).toMatchObject({ expires_in: 900, interval: 5 });
});

test('the secret may come by HTTP Basic, as the pages on all three grants say', async () => {
  const basic = Buffer.from(`${tenant.apps.middleTier}:${encodeURIComponent(secret)}`).toString('base64');
  const { client_id, client_secret, ...body } = clientCredentials(tenant);
  const answer = await requestToken(tenant, body, { Authorization: `Basic ${basic}` });
  expect(answer.status).toBe(200);
});
