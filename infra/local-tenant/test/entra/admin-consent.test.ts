import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { requestToken, startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import { clientCredentials } from './token-requests.ts';
import { enterPassword, names, onBehalfOf, signInToSpa } from './users.ts';

function adminConsentUrl(tenant: TestTenant, changes: Record<string, string> = {}, version = '/v2.0'): URL {
  const url = new URL(`${tenant.baseUrl}/${tenant.tenantId}${version}/adminconsent`);
  const parameters = {
    client_id: tenant.apps.middleTier,
    scope: 'https://graph.microsoft.com/.default',
    redirect_uri: webRedirectUri,
    state: 'the-state',
    ...changes,
  };
  url.search = new URLSearchParams(parameters).toString();
  return url;
}

/** Adds an app role to the downstream API, and to the registered permissions of the middle tier. */
function registerAppRole(tenant: TestTenant): void {
  const role = {
    id: randomUUID(),
    value: 'Leave.Audit',
    displayName: 'Audit leave',
    description: 'Audits leave',
  };
  const downstream = tenant.directory.findApplication(tenant.apps.downstream);
  downstream?.appRoles.push({ ...role, isEnabled: true, allowedMemberTypes: ['Application'] });
  tenant.directory
    .findApplication(tenant.apps.middleTier)
    ?.requiredResourceAccess.find(({ resourceAppId }) => resourceAppId === tenant.apps.downstream)
    ?.resourceAccess.push({ id: role.id, type: 'Role' });
}

test.each([
  {
    endpoint: 'v2.0/adminconsent',
    version: '/v2.0',
    answered: { scope: 'https://graph.microsoft.com/.default' },
  },
  { endpoint: 'adminconsent', version: '', answered: {} },
])(
  'at $endpoint an administrator consents for the organization, to scopes and app roles',
  async ({ version, answered }) => {
    const tenant = await startTenant();
    registerAppRole(tenant);
    const browser = openBrowser(tenant);
    await browser.open(adminConsentUrl(tenant, {}, version));
    const { page } = await enterPassword(browser, names.administrator);
    expect(page).toContain('Review for your organization');
    expect(page).toContain('Audit leave');
    expect(page).not.toContain('name="organization"');
    const { answer } = await browser.submit('consent', { consent: 'accept' });
    expect(answer).toEqual({
      admin_consent: 'True',
      tenant: tenant.tenantId,
      state: 'the-state',
      ...answered,
    });
    expect(tenant.directory.state.permissionGrants).toEqual(
      Array(2).fill(expect.objectContaining({ consentType: 'AllPrincipals', principalId: null })),
    );
    const { body } = await requestToken(tenant, clientCredentials(tenant));
    expect(decodeJwt(String(body.access_token)).roles).toEqual(['Leave.Audit']);
  },
);

test('after admin consent, users are not asked and the exchange works', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.open(adminConsentUrl(tenant));
  await enterPassword(browser, names.administrator);
  await browser.submit('consent', { consent: 'accept' });
  const scopes = [`api://${tenant.apps.middleTier}/access_as_user`];
  const { access_token } = await signInToSpa(tenant, { scopes });
  expect((await requestToken(tenant, onBehalfOf(tenant, access_token))).status).toBe(200);
});

test('only the named scopes are granted, and a second consent duplicates nothing', async () => {
  const tenant = await startTenant();
  registerAppRole(tenant);
  const browser = openBrowser(tenant);
  const scope = 'https://graph.microsoft.com/User.Read';
  await browser.open(adminConsentUrl(tenant, { scope }));
  await enterPassword(browser, names.administrator);
  await browser.submit('consent', { consent: 'accept' });
  await browser.open(adminConsentUrl(tenant, { scope }));
  const { answer } = await browser.submit('consent', { consent: 'accept' });
  expect(answer).toMatchObject({ admin_consent: 'True', scope });
  expect(tenant.directory.state.permissionGrants.map((grant) => grant.scope)).toEqual(['User.Read']);
  expect(tenant.directory.state.appRoleAssignments).toEqual([]);
});

test('a user who is not an administrator sees AADSTS90093, and cannot consent by a forged form', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.open(adminConsentUrl(tenant));
  expect((await enterPassword(browser)).shown).toBe(90093);
  expect((await browser.submit('admin-approval', { consent: 'accept' })).shown).toBe(90093);
  expect(tenant.directory.state.permissionGrants).toEqual([]);
  const { answer } = await browser.submit('admin-approval', { consent: 'return' });
  expect(answer).toMatchObject({ error: 'consent_required', admin_consent: 'True' });
});

test.each([
  {
    version: '/v2.0',
    answered: { error: 'consent_required', admin_consent: 'True' },
    description: /^AADSTS65004: /,
  },
  { version: '', answered: { error: 'permission_denied' }, description: /^The admin canceled the request$/ },
])('an administrator who cancels: $answered.error', async ({ version, answered, description }) => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.open(adminConsentUrl(tenant, {}, version));
  await enterPassword(browser, names.administrator);
  const { answer } = await browser.submit('consent', { consent: 'cancel' });
  expect(answer).toMatchObject({ ...answered, state: 'the-state' });
  expect(answer.error_description).toMatch(description);
  expect(answer).not.toHaveProperty('tenant');
  expect(tenant.directory.state.permissionGrants).toEqual([]);
});

test.each([
  { number: 50011, changes: { redirect_uri: 'https://evil.example/' } },
  { number: 700016, changes: { client_id: randomUUID() } },
])('AADSTS$number is shown on a page', async ({ number, changes }) => {
  const tenant = await startTenant();
  const { shown } = await openBrowser(tenant).open(adminConsentUrl(tenant, changes));
  expect(shown).toBe(number);
});

test('AADSTS900144 is sent to the client when scope is missing', async () => {
  const tenant = await startTenant();
  const { answer } = await openBrowser(tenant).open(adminConsentUrl(tenant, { scope: '' }));
  expect(answer.error_description).toMatch(/^AADSTS900144: /);
});
