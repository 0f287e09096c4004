import { expect, test } from 'vitest';
import { authorizeParameters, openBrowser } from './browser.ts';
import { spaOrigin, spaRedirectUri, startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import { revoke } from './token-requests.ts';
import { enterPassword, names, password } from './users.ts';

/** Opens a browser and signs these users in, with consent for the SPA. */
async function signedIn(tenant: TestTenant, ...users: string[]) {
  const browser = openBrowser(tenant);
  for (const user of users) {
    await browser.authorize({ prompt: 'select_account' });
    const { steps } = await browser.submit('account', { account: user });
    if (steps.includes('password')) await browser.submit('password', { password });
    await browser.submit('consent', { consent: 'accept' });
  }
  return browser;
}

test('a user picks an account, types the password, consents, and the client gets a code', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  expect(await browser.authorize()).toMatchObject({ status: 200, steps: ['account'] });
  expect((await browser.submit('account', { account: names.employee })).steps).toEqual([
    'password',
    'other-account',
  ]);
  expect((await browser.submit('password', { password })).steps).toEqual(['consent', 'other-account']);
  const { response, answer } = await browser.submit('consent', { consent: 'accept' });
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/redirect\.html#code=/);
  expect(answer).toEqual({ code: expect.any(String), state: 'the-state', session_state: expect.any(String) });
});

test('the account picker lists every user, signed-in ones first', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.manager);
  const { page } = await browser.authorize({ prompt: 'select_account' });
  const offered = [...page.matchAll(/name="account" value="([^"]+)"/g)].map(([, name]) => name);
  expect(offered).toHaveLength(6);
  expect(offered[0]).toBe(names.manager);
  expect(page.match(/Signed in/g)).toHaveLength(1);
});

test('a user can type a sign-in name instead of picking an account', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  const { steps } = await browser.submit('account', { other: '1' });
  expect(steps).toEqual(['account']);
  expect((await browser.submit('account', { account: names.guest })).steps).toContain('password');
});

test('the only signed-in user is not asked again', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  expect((await browser.authorize()).answer.code).toBeDefined();
  expect((await browser.authorize({ prompt: 'none' })).answer.code).toBeDefined();
});

test('prompt=login asks for the password again, once', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  tenant.advance(1);
  expect((await browser.authorize({ prompt: 'login' })).steps).toContain('password');
  expect((await browser.submit('password', { password })).answer.code).toBeDefined();
});

test('prompt=select_account shows the account picker, and a session needs no password', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  expect((await browser.authorize({ prompt: 'select_account' })).steps).toEqual(['account']);
  expect((await browser.submit('account', { account: names.employee })).answer.code).toBeDefined();
});

test('prompt=consent asks for consent again, even if it was granted', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  expect((await browser.authorize({ prompt: 'consent' })).steps).toContain('consent');
  expect((await browser.submit('consent', { consent: 'accept' })).answer.code).toBeDefined();
});

test.each([
  { number: 16000, error: 'interaction_required', when: 'two users are signed in', hint: undefined },
  { number: 160021, error: 'interaction_required', when: 'the hint names another user', hint: names.guest },
])('prompt=none sends the client AADSTS$number when $when', async ({ number, error, hint }) => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee, names.manager);
  const { answer } = await browser.authorize({ prompt: 'none', login_hint: hint });
  expect(answer.error).toBe(error);
  expect(answer.error_description).toMatch(new RegExp(`^AADSTS${number}:`));
});

test('prompt=none finds the right one of several sessions by login_hint and by sid', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee, names.manager);
  const byHint = await browser.authorize({ prompt: 'none', login_hint: names.employee, client_info: '1' });
  const bySession = await browser.authorize({
    prompt: 'none',
    sid: byHint.answer.session_state,
    client_info: '1',
  });
  const user = tenant.directory.findUser(names.employee);
  for (const { answer } of [byHint, bySession]) {
    expect(JSON.parse(Buffer.from(answer.client_info ?? '', 'base64url').toString())).toEqual({
      uid: user?.id,
      utid: tenant.tenantId,
    });
  }
});

test('prompt=none sends the client AADSTS65001 consent_required when consent is missing', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  tenant.forgetConsents();
  const { answer } = await browser.authorize({ prompt: 'none' });
  expect(answer.error).toBe('consent_required');
  expect(answer.error_description).toMatch(/^AADSTS65001:/);
});

test('login_hint leads to the password page for that user', async () => {
  const tenant = await startTenant();
  const { page, steps } = await openBrowser(tenant).authorize({ login_hint: names.guest });
  expect(steps).toContain('password');
  expect(page).toContain(names.guest);
});

test('login_hint of an unknown user leads to the page that asks for a name, with AADSTS50034', async () => {
  const tenant = await startTenant();
  const seen = await openBrowser(tenant).authorize({ login_hint: 'nobody@contoso.example' });
  expect(seen).toMatchObject({ shown: 50034, steps: ['account'] });
  expect(seen.page).toContain('value="nobody@contoso.example"');
});

test('an authorization request can be posted', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  const { steps } = await browser.post(
    tenant.authorityMetadata.authorization_endpoint,
    authorizeParameters(tenant, { login_hint: names.employee }),
  );
  expect(steps).toContain('password');
});

test('response_mode=query sends the response in the query, with the unchanged state', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  const { response } = await browser.authorize({ response_mode: 'query', state: 'a b&c=d#é' });
  const location = new URL(response.headers.get('location') ?? '');
  expect(location.searchParams.get('state')).toBe('a b&c=d#é');
  expect(location.searchParams.get('code')).toBeTruthy();
  expect(location.hash).toBe('');
});

test('response_mode=form_post sends a form that submits itself, with a script that the policy allows', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  const { page, response } = await browser.authorize({
    response_mode: 'form_post',
    state: '"><script>alert(1)</script>',
  });
  expect(response.status).toBe(200);
  expect(page).toContain(`<form method="post" action="${spaRedirectUri}">`);
  expect(page).toMatch(/<input type="hidden" name="code" value="[^"]+">/);
  expect(page).not.toContain('<script>alert');
  const policy = response.headers.get('content-security-policy');
  expect(policy).toMatch(/script-src 'sha256-/);
  expect(policy).toContain(`form-action 'self' ${spaOrigin}`);
});

test('pages load nothing from elsewhere, run no script, cannot be framed and are not cached', async () => {
  const tenant = await startTenant();
  const { response } = await openBrowser(tenant).authorize();
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('a form may lead to the origin of a client in a browser, and for a server to wherever that redirects', async () => {
  const tenant = await startTenant();
  const policyFor = async (changes: Record<string, string>) => {
    const { response } = await openBrowser(tenant).authorize(changes);
    return response.headers.get('content-security-policy');
  };
  const server = { client_id: tenant.apps.middleTier, redirect_uri: webRedirectUri, scope: 'openid' };
  expect(await policyFor({})).toContain(`form-action 'self' ${spaOrigin};`);
  expect(await policyFor(server)).toContain("form-action 'self' http: https:;");
});

test('pages say that this is not Microsoft, and show the password', async () => {
  const tenant = await startTenant();
  const { page } = await openBrowser(tenant).authorize();
  expect(page).toContain('not Microsoft');
  expect(page).toContain(`<code>${password}</code>`);
});

test('a session expires after its lifetime', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  tenant.advance(tenant.lifetimes.session + 1);
  expect((await browser.authorize({ prompt: 'none' })).answer.error).toBe('login_required');
});

test('forgetSessions signs out every user', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  tenant.forgetSessions();
  expect((await browser.authorize({ prompt: 'none' })).answer.error).toBe('login_required');
});

test('a revoked session is invalid, and a new one a moment later is valid', async () => {
  const tenant = await startTenant();
  const browser = await signedIn(tenant, names.employee);
  tenant.advance(0.1);
  revoke(tenant, names.employee);
  tenant.advance(0.001);
  expect((await browser.authorize({ prompt: 'none' })).answer.error).toBe('login_required');
  await browser.authorize({ login_hint: names.employee });
  expect((await browser.submit('password', { password })).answer.code).toBeDefined();
});

test('cookies cannot be read by scripts, and are not sent from other sites', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  const first = await browser.authorize();
  const last = await enterPassword(browser);
  for (const { response } of [first, last]) {
    const cookies = response.headers.getSetCookie();
    expect(cookies).not.toHaveLength(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  }
});

test.each([
  { when: 'has no flow', number: 165000, fields: { flow: '' } },
  { when: 'has an invented flow', number: 165000, fields: { flow: 'A'.repeat(200) } },
])('a form that $when is rejected with AADSTS$number', async ({ number, fields }) => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  expect(await browser.submit('account', { account: names.employee, ...fields })).toMatchObject({
    status: 400,
    shown: number,
  });
});

test('a form made for another browser is rejected with AADSTS165000', async () => {
  const tenant = await startTenant();
  const victim = openBrowser(tenant);
  await victim.authorize();
  const { page } = await openBrowser(tenant).authorize();
  const flow = /name="flow" value="([^"]+)"/.exec(page)?.[1] ?? '';
  expect((await victim.submit('account', { account: names.employee, flow })).shown).toBe(165000);
});

test('a form older than an hour is rejected with AADSTS50089', async () => {
  const tenant = await startTenant();
  const browser = openBrowser(tenant);
  await browser.authorize();
  tenant.advance(3601);
  expect((await browser.submit('account', { account: names.employee })).shown).toBe(50089);
});

test('an unknown path says where sign-in starts', async () => {
  const tenant = await startTenant();
  const seen = await openBrowser(tenant).open(`${tenant.baseUrl}/${tenant.tenantId}/sign-in/password`);
  expect(seen.status).toBe(404);
  expect(seen.page).toContain('Sign-in starts from an application');
});
