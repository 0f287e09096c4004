import { expect, test } from 'vitest';
import { openBrowser, type Seen } from './browser.ts';
import { requestToken, startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import { enterPassword, names, onBehalfOf, signInToSpa } from './users.ts';

/** Returns the permissions on a consent page, by the application that requests them. */
function listed({ page }: Seen): Record<string, string[]> {
  const groups = [...page.matchAll(/<h2>(.*?) would like to:<\/h2>(.*?)<\/section>/gs)];
  return Object.fromEntries(
    groups.map(([, app = '', items = '']) => [
      app,
      [...items.matchAll(/<code>(.*?)<\/code>/g)].map(([, value]) => value ?? ''),
    ]),
  );
}

/** Returns the grants as `client → resource: scopes`, with display names. */
function grants({ directory }: TestTenant): Record<string, string> {
  const nameOf = (id: string) =>
    directory.findApplication(directory.findServicePrincipal(id)?.appId ?? '')?.displayName;
  return Object.fromEntries(
    directory.state.permissionGrants.map(({ clientId, resourceId, scope }) => [
      `${nameOf(clientId)} → ${nameOf(resourceId)}`,
      scope,
    ]),
  );
}

test('combined consent: /.default of an API that knows the client asks for both apps’ permissions on one page', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  const seen = await enterPassword(browser);
  expect(listed(seen)).toEqual({
    'obo-spa': ['openid', 'profile', 'offline_access', 'access_as_user'],
    'obo-middle-tier-api': ['User.Read', 'offline_access', 'Leave.ReadWrite'],
  });
  expect(seen.page).toContain('Request leave for you');
  expect(seen.page).toContain('Publisher: unverified');
  await browser.submit('consent', { consent: 'accept' });
  expect(grants(tenant)).toEqual({
    'obo-spa → Microsoft Graph': 'openid profile offline_access',
    'obo-spa → obo-middle-tier-api': 'access_as_user',
    'obo-middle-tier-api → Microsoft Graph': 'User.Read offline_access',
    'obo-middle-tier-api → obo-downstream-api': 'Leave.ReadWrite',
  });
});

test('/.default of any registered resource asks for combined consent, as Entra’s page on the flow says', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize({ scope: 'openid https://graph.microsoft.com/.default' });
  expect(Object.keys(listed(await enterPassword(browser)))).toEqual(['obo-spa', 'obo-middle-tier-api']);
});

test('without knownClientApplications /.default asks for the client’s own permissions only, and the exchange fails', async () => {
  const tenant = await startTenant();
  const api = tenant.directory.findApplication(tenant.apps.middleTier)?.api;
  if (api) api.knownClientApplications = [];
  const { access_token } = await signInToSpa(tenant);
  expect(Object.keys(grants(tenant))).toEqual(['obo-spa → Microsoft Graph', 'obo-spa → obo-middle-tier-api']);
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body).toMatchObject({ error_codes: [65001], suberror: 'consent_required' });
});

test('once a permission for the resource is granted, /.default asks for no more and returns what is granted', async () => {
  const tenant = await startTenant();
  await signInToSpa(tenant);
  const { permissionGrants } = tenant.directory.state;
  const middleTier = tenant.directory.findServicePrincipal(tenant.apps.middleTier);
  permissionGrants.splice(0, 4, ...permissionGrants.filter(({ clientId }) => clientId !== middleTier?.id));
  const { access_token } = await signInToSpa(tenant, { consent: 'decline' });
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body.error_codes).toEqual([65001]);

  await signInToSpa(tenant, { parameters: { prompt: 'consent' } });
  const again = await requestToken(tenant, onBehalfOf(tenant, (await signInToSpa(tenant)).access_token));
  expect(again.status).toBe(200);
});

test('a preauthorized scope needs no grant and is on no consent page', async () => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const scope = `api://${tenant.apps.downstream}/Leave.Read`;
  const { status, body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
  expect(status).toBe(200);
  expect(String(body.scope).split(' ')).toContain(scope);
  expect(Object.values(grants(tenant)).join(' ').split(' ')).not.toContain('Leave.Read');
});

test('named scopes are consented to one by one, and only new ones are asked for', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize({ scope: 'openid User.Read' });
  expect(listed(await enterPassword(browser))).toEqual({ 'obo-spa': ['openid', 'User.Read'] });
  await browser.submit('consent', { consent: 'accept' });
  expect((await browser.authorize({ scope: 'openid User.Read' })).answer.code).toBeDefined();
  const more = await browser.authorize({ scope: 'openid User.Read profile' });
  expect(listed(more)).toEqual({ 'obo-spa': ['profile'] });
});

test('one authorization request may ask for consent to several resources; a token is for one', async () => {
  const tenant = await startTenant();
  const scopes = ['User.Read', `api://${tenant.apps.middleTier}/access_as_user`];
  const browser = openBrowser(tenant);
  await browser.authorize({ scope: scopes.join(' ') });
  expect(listed(await enterPassword(browser))).toEqual({ 'obo-spa': ['User.Read', 'access_as_user'] });
  await expect(signInToSpa(tenant, { scopes })).rejects.toMatchObject({ number: 28000 });
});

test('a user who cancels grants nothing, and the client gets AADSTS65004', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  const { answer } = await browser.submit('consent', { consent: 'cancel' });
  expect(answer).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', state: 'the-state' });
  expect(answer.error_description).toMatch(/^AADSTS65004: User declined to consent/);
  expect(grants(tenant)).toEqual({});
});

test('a permission added to the registration after the page was shown is not granted', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  await enterPassword(browser);
  const listedBefore = tenant.directory.findApplication(tenant.apps.middleTier)?.requiredResourceAccess[0];
  listedBefore?.resourceAccess.push({ id: '14dad69e-099b-42c9-810b-d002981feec1', type: 'Scope' });
  await browser.submit('consent', { consent: 'accept' });
  expect(grants(tenant)['obo-middle-tier-api → Microsoft Graph']).toBe('User.Read offline_access');
});

test('a permission that only an administrator can grant leads to AADSTS90094, and back without it', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize({ scope: `api://${tenant.apps.middleTier}/Everything.Manage` });
  const seen = await enterPassword(browser);
  expect(seen).toMatchObject({ shown: 90094, steps: ['admin-approval', 'other-account'] });
  const forged = await browser.submit('admin-approval', { consent: 'accept' });
  expect(forged.shown).toBe(90094);
  expect(grants(tenant)).toEqual({});
  const { answer } = await browser.submit('admin-approval', { consent: 'return' });
  expect(answer).toEqual({ error: 'access_denied', error_subcode: 'cancel', state: 'the-state' });
});

/** The middle tier's own authorization request for one more permission, on its web platform. */
const forCalendars = ({ apps }: TestTenant) => ({
  client_id: apps.middleTier,
  redirect_uri: webRedirectUri,
  response_mode: 'query',
  scope: 'https://graph.microsoft.com/Calendars.ReadWrite',
  prompt: 'consent',
  code_challenge: undefined,
  code_challenge_method: undefined,
});

test('an API asks for one more permission on a page of its own, and for nothing else', async () => {
  const tenant = await startTenant();
  await signInToSpa(tenant);
  const browser = openBrowser(tenant);
  await browser.authorize({ ...forCalendars(tenant), login_hint: names.employee });
  const seen = await browser.submit('password', { password: 'local-password' });
  expect(listed(seen)).toEqual({ 'obo-middle-tier-api': ['Calendars.ReadWrite'] });
  const { answer, response } = await browser.submit('consent', { consent: 'accept' });
  expect(response.headers.get('location')).toMatch(`${webRedirectUri}?`);
  expect(answer).toEqual({ code: expect.any(String), session_state: expect.any(String), state: 'the-state' });
  expect(grants(tenant)['obo-middle-tier-api → Microsoft Graph']).toBe(
    'User.Read offline_access Calendars.ReadWrite',
  );
});

test('a user who declines one more permission keeps the others', async () => {
  const tenant = await startTenant();
  await signInToSpa(tenant);
  const before = grants(tenant);
  const browser = openBrowser(tenant);
  await browser.authorize(forCalendars(tenant));
  await enterPassword(browser);
  const { answer } = await browser.submit('consent', { consent: 'cancel' });
  expect(answer).toMatchObject({ error: 'access_denied', state: 'the-state' });
  expect(answer.error_description).toMatch(/^AADSTS65004: /);
  expect(grants(tenant)).toEqual(before);
});

test('where only administrators consent, users see AADSTS90094, return without it, and administrators consent', async () => {
  const tenant = await startTenant();
  tenant.directory.state.usersMayConsent = false;
  const browser = openBrowser(tenant);
  await browser.authorize(forCalendars(tenant));
  const seen = await enterPassword(browser);
  expect(seen).toMatchObject({ shown: 90094, steps: ['admin-approval', 'other-account'] });
  expect(listed(seen)).toEqual({ 'obo-middle-tier-api': ['Calendars.ReadWrite'] });
  expect((await browser.submit('admin-approval', { consent: 'accept' })).shown).toBe(90094);
  const { answer } = await browser.submit('admin-approval', { consent: 'return' });
  expect(answer).toEqual({ error: 'access_denied', error_subcode: 'cancel', state: 'the-state' });
  expect(grants(tenant)).toEqual({});

  const administrator = openBrowser(tenant);
  await administrator.authorize(forCalendars(tenant));
  expect((await enterPassword(administrator, names.administrator)).steps).toContain('consent');
});

test('an administrator can consent for the organization, and other users are not asked', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  const seen = await enterPassword(browser, names.administrator);
  expect(seen.page).toContain('Consent on behalf of your organization');
  await browser.submit('consent', { consent: 'accept', organization: '1' });
  expect(tenant.directory.state.permissionGrants).toEqual(
    Array(4).fill(expect.objectContaining({ consentType: 'AllPrincipals', principalId: null })),
  );
  await expect(signInToSpa(tenant, { consent: 'decline' })).resolves.toBeDefined();
});

test('a user who is not an administrator cannot consent for the organization, not even by a forged form', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  const seen = await enterPassword(browser);
  expect(seen.page).not.toContain('organization"');
  await browser.submit('consent', { consent: 'accept', organization: '1' });
  const user = tenant.directory.findUser(names.employee);
  expect(new Set(tenant.directory.state.permissionGrants.map(({ principalId }) => principalId))).toEqual(
    new Set([user?.id]),
  );
});

test('one user’s consent does not apply to another', async () => {
  const tenant = await startTenant();
  await signInToSpa(tenant);
  await expect(signInToSpa(tenant, { username: names.manager, consent: 'decline' })).rejects.toMatchObject({
    number: 65004,
  });
});
