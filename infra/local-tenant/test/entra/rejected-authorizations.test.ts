import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { authorizeUrl, openBrowser } from './browser.ts';
import { startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import { addPolicy, assign, requireAssignment } from './token-requests.ts';
import { enterPassword, names, password } from './users.ts';

/** Errors shown on a page and never sent to the redirect URI, because it cannot be trusted. */
const shown: {
  number: number;
  when: string;
  changes(tenant: TestTenant): Record<string, string | undefined>;
}[] = [
  { number: 900144, when: 'client_id is missing', changes: () => ({ client_id: undefined }) },
  { number: 700016, when: 'the client is unknown', changes: () => ({ client_id: randomUUID() }) },
  {
    number: 700038,
    when: 'the client ID is not a GUID',
    changes: () => ({ client_id: '<script>alert(1)</script>' }),
  },
  {
    number: 50011,
    when: 'the redirect URI is unknown',
    changes: () => ({ redirect_uri: 'https://evil.example/' }),
  },
  {
    number: 50011,
    when: 'the redirect URI only begins like a registered one',
    changes: () => ({ redirect_uri: 'http://localhost:3000/redirect.html.evil' }),
  },
  {
    number: 50011,
    when: 'the redirect URI hides another host behind localhost',
    changes: () => ({ redirect_uri: 'http://localhost:3000@evil.example/redirect.html' }),
  },
  {
    number: 50011,
    when: 'the redirect URI differs in case',
    changes: () => ({ redirect_uri: 'http://localhost:3000/Redirect.html' }),
  },
  {
    number: 500113,
    when: 'no redirect URI is registered',
    changes: (tenant) => ({ client_id: tenant.apps.downstream }),
  },
  { number: 70007, when: 'the response mode is unknown', changes: () => ({ response_mode: 'pigeon' }) },
];

test.each(shown)('AADSTS$number is shown on a page when $when', async ({ number, changes }) => {
  const tenant = await startTenant();
  const seen = await openBrowser(tenant).authorize(changes(tenant));
  expect(seen).toMatchObject({ status: 400, shown: number });
  expect(seen.response.headers.get('location')).toBeNull();
  expect(seen.page).not.toContain('<script>alert');
  expect(seen.page).toMatch(/Correlation ID<\/dt><dd>[0-9a-f-]{36}/);
  expect(seen.page).toMatch(/Timestamp<\/dt><dd>\d{4}-/);
});

test('AADSTS9000411 is shown on a page when a parameter is duplicated', async () => {
  const tenant = await startTenant();
  const seen = await openBrowser(tenant).open(`${authorizeUrl(tenant)}&scope=openid`);
  expect(seen.shown).toBe(9000411);
});

test.each([
  { number: 90002, segment: 'fabrikam.example' },
  { number: 900023, segment: 'not a tenant' },
  { number: 50194, segment: 'common' },
  { number: 50194, segment: 'organizations' },
  { number: 9002346, segment: 'consumers' },
])('AADSTS$number is shown on a page for the tenant "$segment"', async ({ number, segment }) => {
  const tenant = await startTenant();
  const url = authorizeUrl(tenant);
  url.pathname = `/${encodeURIComponent(segment)}/oauth2/v2.0/authorize`;
  expect((await openBrowser(tenant).open(url)).shown).toBe(number);
});

/** Errors sent to the client before a user signs in. */
const sentToClient: {
  number: number;
  when: string;
  error: string;
  changes(tenant: TestTenant): Record<string, string | undefined>;
}[] = [
  {
    number: 900144,
    when: 'response_type is missing',
    error: 'invalid_request',
    changes: () => ({ response_type: undefined }),
  },
  {
    number: 900144,
    when: 'scope is missing',
    error: 'invalid_request',
    changes: () => ({ scope: undefined }),
  },
  {
    number: 70005,
    when: 'the response type is unknown',
    error: 'unsupported_response_type',
    changes: () => ({ response_type: 'egg' }),
  },
  {
    number: 700051,
    when: 'an access token is requested',
    error: 'unsupported_response_type',
    changes: () => ({ response_type: 'token' }),
  },
  {
    number: 700054,
    when: 'an ID token is requested',
    error: 'unsupported_response_type',
    changes: () => ({ response_type: 'code id_token' }),
  },
  {
    number: 90023,
    when: 'the prompt is unknown',
    error: 'invalid_request',
    changes: () => ({ prompt: 'login consent' }),
  },
  {
    number: 90023,
    when: 'the challenge method is unknown',
    error: 'invalid_request',
    changes: () => ({ code_challenge_method: 'S512' }),
  },
  {
    number: 9002325,
    when: 'a single-page application sends no PKCE challenge',
    error: 'invalid_request',
    changes: () => ({ code_challenge: undefined }),
  },
  {
    number: 9002325,
    when: 'a single-page application sends a plain PKCE challenge',
    error: 'invalid_request',
    changes: () => ({ code_challenge_method: 'plain' }),
  },
  {
    number: 9002325,
    when: 'a single-page application sends no challenge method',
    error: 'invalid_request',
    changes: () => ({ code_challenge_method: undefined }),
  },
  {
    number: 501491,
    when: 'the challenge is too short',
    error: 'invalid_request',
    changes: () => ({ code_challenge: 'short' }),
  },
  {
    number: 9000410,
    when: 'the claims are not JSON',
    error: 'invalid_request',
    changes: () => ({ claims: '{' }),
  },
  {
    number: 9000410,
    when: 'the claims are malformed',
    error: 'invalid_request',
    changes: () => ({ claims: '{"access_token":{"acrs":7}}' }),
  },
  {
    number: 500011,
    when: 'the resource is unknown',
    error: 'invalid_resource',
    changes: () => ({ scope: 'api://unknown/.default' }),
  },
  {
    number: 650053,
    when: 'the scope is unknown',
    error: 'invalid_client',
    changes: (tenant) => ({ scope: `api://${tenant.apps.middleTier}/nothing` }),
  },
  {
    number: 70011,
    when: '/.default is combined with another scope',
    error: 'invalid_scope',
    changes: (tenant) => ({ scope: `${tenant.spaScope} User.Read` }),
  },
  {
    number: 9010010,
    when: 'its resource parameter names another resource than its scopes',
    error: 'invalid_target',
    changes: () => ({ resource: 'https://graph.microsoft.com' }),
  },
  {
    number: 50058,
    when: 'no user is signed in and prompt=none',
    error: 'login_required',
    changes: () => ({ prompt: 'none' }),
  },
];

test.each(sentToClient)(
  'AADSTS$number $error is sent to the client when $when',
  async ({ number, error, changes }) => {
    const tenant = await startTenant();
    const { answer } = await openBrowser(tenant).authorize(changes(tenant));
    expect(answer).toMatchObject({
      error,
      state: 'the-state',
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    });
    expect(answer.error_description).toMatch(
      new RegExp(`^AADSTS${number}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: .+Z$`),
    );
    expect(answer).not.toHaveProperty('code');
  },
);

test('AADSTS650057 is sent to the client when it requests /.default of a resource missing from its registration', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize({ scope: `api://${tenant.apps.downstream}/.default` });
  const { answer } = await enterPassword(browser);
  expect(answer.error_description).toMatch(/^AADSTS650057: /);
});

test('AADSTS650052 is sent to the client when its registration lists a resource missing from the tenant', async () => {
  const tenant = await startTenant();
  tenant.directory.findApplication(tenant.apps.spa)?.requiredResourceAccess.push({
    resourceAppId: randomUUID(),
    resourceAccess: [{ id: randomUUID(), type: 'Scope' }],
  });
  const browser = openBrowser(tenant);
  await browser.authorize();
  expect((await enterPassword(browser)).answer.error_description).toMatch(/^AADSTS650052: /);
});

test('AADSTS65002 is sent to Azure CLI when it requests a scope without preauthorization', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize({
    client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    redirect_uri: 'http://localhost:8400',
    scope: `api://${tenant.apps.downstream}/Leave.Read`,
  });
  expect((await enterPassword(browser)).answer.error_description).toMatch(/^AADSTS65002: /);
});

test('AADSTS50105 is sent to the client when the user is not assigned to an application that requires it', async () => {
  const tenant = await startTenant();
  requireAssignment(tenant, tenant.apps.spa);
  const browser = openBrowser(tenant);
  await browser.authorize();
  const { answer } = await enterPassword(browser);
  expect(answer).toMatchObject({ error: 'access_denied', state: 'the-state' });
  expect(answer.error_description).toMatch(/^AADSTS50105: .*'lukasz\.dabrowski@contoso\.example'/);
  assign(tenant, tenant.directory.findUser(names.employee)?.id, tenant.apps.spa);
  expect((await browser.authorize()).steps).toContain('consent');
});

test('AADSTS53003 is sent to the client when a policy blocks the resource', async () => {
  const tenant = await startTenant();
  addPolicy(tenant, 'block', tenant.apps.middleTier);
  const browser = openBrowser(tenant);
  await browser.authorize();
  const { answer } = await enterPassword(browser);
  expect(answer.error_description).toMatch(/^AADSTS53003: /);
});

test.each([
  { number: 50034, when: 'the sign-in name is unknown', account: 'nobody@contoso.example', typed: undefined },
  { number: 50034, when: 'the sign-in name is empty', account: '', typed: undefined },
  { number: 50126, when: 'the password is wrong', account: names.employee, typed: 'wrong' },
  { number: 50126, when: 'the password is empty', account: names.employee, typed: '' },
  { number: 50057, when: 'the account is disabled', account: names.disabled, typed: password },
])(
  'AADSTS$number is shown next to the field when $when, and the user can try again',
  async ({ number, account, typed }) => {
    const tenant = await startTenant();
    const browser = openBrowser(tenant);
    await browser.authorize();
    const named = await browser.submit('account', { account });
    const seen = typed === undefined ? named : await browser.submit('password', { password: typed });
    expect(seen).toMatchObject({ status: 200, shown: number });
    expect(seen.page).toMatch(/aria-invalid="true" aria-describedby="error"/);
    expect(seen.steps).toContain(typed === undefined ? 'account' : 'password');
  },
);

test('a web application may omit the PKCE challenge, because it authenticates with its secret', async () => {
  const tenant = await startTenant();
  const { steps } = await openBrowser(tenant).authorize({
    client_id: tenant.apps.middleTier,
    redirect_uri: webRedirectUri,
    scope: 'openid',
    code_challenge: undefined,
    code_challenge_method: undefined,
  });
  expect(steps).toContain('account');
});
