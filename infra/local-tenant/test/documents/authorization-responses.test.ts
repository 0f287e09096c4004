import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../entra/browser.ts';
import { openTenant, type TestTenant, webRedirectUri } from '../entra/tenant.ts';
import { enterPassword, names } from '../entra/users.ts';
import { type Fields, testFields } from './fields.ts';

/**
 * The examples and tables of MicrosoftDocs/entra-docs, docs/identity-platform, as of the dates they carry:
 * v2-oauth2-auth-code-flow.md (2024-04), v2-protocols-oidc.md (2023-09), v2-admin-consent.md (2023-11),
 * v2-oauth2-client-creds-grant-flow.md (2023-02).
 */
let tenant: TestTenant;
let close: () => void;
const answers: Record<string, Record<string, string>> = {};
const answerOf = (name: string) => () => answers[name] ?? {};

async function adminConsent(version: string, consent: 'accept' | 'cancel') {
  const url = new URL(`${tenant.baseUrl}/${tenant.tenantId}${version}/adminconsent`);
  url.search = new URLSearchParams({
    client_id: tenant.apps.middleTier,
    redirect_uri: webRedirectUri,
    state: '12345',
    scope: 'https://graph.microsoft.com/.default',
  }).toString();
  const browser = openBrowser(tenant);
  await browser.open(url);
  await enterPassword(browser, names.administrator);
  return (await browser.submit('consent', { consent })).answer;
}

beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  answers.declined = (await browser.submit('consent', { consent: 'cancel' })).answer;
  await browser.authorize();
  answers.code = (await browser.submit('consent', { consent: 'accept' })).answer;
  const inForm = await browser.authorize({ response_mode: 'form_post' });
  answers.form = Object.fromEntries(
    [...inForm.page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );
  answers.silent = (await openBrowser(tenant).authorize({ prompt: 'none' })).answer;
  answers.adminConsent = await adminConsent('/v2.0', 'accept');
  answers.adminCanceled = await adminConsent('/v2.0', 'cancel');
  answers.appConsent = await adminConsent('', 'accept');
  answers.appCanceled = await adminConsent('', 'cancel');
});
afterAll(() => close());

const success: Fields = { code: 'opaque text', state: 'text' };
const sessionState = { session_state: 'OpenID Connect Session Management; MSAL reads it' };
const uri = { error_uri: 'MSAL reads the number from it' };

testFields('Authorization code, successful response', answerOf('code'), success, sessionState);
testFields('Authorization code, successful response by form_post', answerOf('form'), success, sessionState);
testFields(
  'Authorization code, error response',
  answerOf('declined'),
  { error: 'text', error_description: 'a sentence with its number', state: 'text' },
  { error_subcode: 'tells a user’s own cancel', ...uri },
);
testFields(
  'Authorization code, error response to a silent request',
  answerOf('silent'),
  { error: 'text', error_description: 'a sentence with its number', state: 'text' },
  uri,
);
testFields('Admin consent, successful response', answerOf('adminConsent'), {
  admin_consent: 'True',
  tenant: 'a GUID',
  scope: 'text',
  state: 'text',
});
testFields(
  'Admin consent, error response',
  answerOf('adminCanceled'),
  {
    admin_consent: 'True',
    error: 'text',
    error_description: 'a sentence with its number',
    state: 'text',
    tenant: 'absent',
  },
  uri,
);
testFields('Client credentials, response of the admin consent endpoint', answerOf('appConsent'), {
  admin_consent: 'True',
  tenant: 'a GUID',
  state: 'text',
});
testFields('Client credentials, error response of the admin consent endpoint', answerOf('appCanceled'), {
  error: 'text',
  error_description: 'text',
  state: 'text',
});

test.each([
  { name: 'declined', error: 'access_denied' },
  { name: 'silent', error: 'login_required' },
  { name: 'adminCanceled', error: 'consent_required' },
  { name: 'appCanceled', error: 'permission_denied' },
])('$name: the error is $error', ({ name, error }) => {
  expect(answers[name]?.error).toBe(error);
});

test('sign-out redirects to a registered address and nowhere else', async () => {
  const logout = new URL(`${tenant.baseUrl}/${tenant.tenantId}/oauth2/v2.0/logout`);
  const browser = openBrowser(tenant);
  logout.searchParams.set('post_logout_redirect_uri', webRedirectUri);
  expect((await browser.open(logout)).response.headers.get('location')).toBe(webRedirectUri);
  logout.searchParams.set('post_logout_redirect_uri', 'https://evil.example/');
  const { response, page } = await browser.open(logout);
  expect(response.headers.get('location')).toBeNull();
  expect(page).toContain('You signed out of your account');
});
