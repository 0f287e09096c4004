import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type BffChain, startBffChain } from '../../chain/bff.ts';
import { expectDocumented } from '../fuzzing/documented-answer.ts';
import { amara, openBrowser, openSignedIn, priya } from './browser.ts';

let directory: string;
let chain: BffChain;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spa-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>SPA</title>');
  await writeFile(join(directory, 'assets', 'index-1.js'), 'export {};');
  chain = await startBffChain(directory, { MAX_SESSIONS: '3', RATE_LIMIT_PER_ADDRESS: '0' });
});
afterAll(async () => {
  await chain.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => chain.reset());

const bodyOf = async (response: Response) => ({ ...(await response.json()), status: response.status });

describe('signing in', () => {
  test('leads back to the page, and begins a session that is known by a cookie alone', async () => {
    const browser = openBrowser(chain);
    const back = await browser.signIn(priya, { query: '?return_to=/leave/new' });
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe('/leave/new');
    const [cookie = ''] = back.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);

    expect(await browser.readSession()).toMatchObject({
      account: { username: priya },
      outcome: { succeeded: true },
    });
    expect(browser.cookies.has('__Host-sign-in'), 'the sign-in is over').toBe(false);
    expect((await browser.readSession()).outcome).toBeNull();
    const overview = await browser.request('/api/overview');
    expect(await overview.json()).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
    expect(overview.headers.get('server-timing')).toContain('graph_token');
    expect(overview.headers.get('cache-control')).toBe('no-store');
  });

  test('asks with PKCE, state and nonce, and for the middle tier only', async () => {
    const leaving = await openBrowser(chain).request('/sign-in?prompt=login');
    const [cookie = ''] = leaving.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-sign-in=[\w-]{43}; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { searchParams } = new URL(leaving.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: chain.environments.bff.CLIENT_ID,
      response_type: 'code',
      redirect_uri: `${chain.bffUrl}/sign-in/callback`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      prompt: 'login',
      scope: expect.stringContaining(`${chain.environments.bff.API_APP_ID_URI}/.default`),
    });
  });

  test('gives the session an ID that was never known before, and ends the one before it', async () => {
    const browser = openBrowser(chain);
    const planted = 'A'.repeat(43);
    browser.cookies.set('__Host-session', planted);
    await browser.signIn();
    const first = browser.cookies.get('__Host-session');
    expect(first).not.toBe(planted);
    await browser.signIn();
    const second = browser.cookies.get('__Host-session');
    expect(second).not.toBe(first);

    const thief = openBrowser(chain);
    for (const id of [planted, first ?? '']) {
      thief.cookies.set('__Host-session', id);
      expect((await thief.readSession()).account).toBeNull();
    }
  });

  test('ends only in the browser in which it began, and once', async () => {
    const victim = openBrowser(chain);
    const back = await victim.signIn();
    expect(back.status).toBe(302);
    const attacker = openBrowser(chain);
    const leaving = await attacker.request('/sign-in');
    const state = new URL(leaving.headers.get('location') ?? '').searchParams.get('state');
    for (const [who, query] of [
      [openBrowser(chain), `code=x&state=${state}`],
      [attacker, 'code=x&state=another'],
      [attacker, 'code=x'],
      [victim, `code=x&state=${state}`],
    ] as const)
      expect(await bodyOf(await who.request(`/sign-in/callback?${query}`))).toMatchObject({
        status: 400,
        code: 'invalid_parameter',
      });
    expect((await attacker.request(`/sign-in/callback?code=x&state=${state}`)).status).toBe(302);
    expect(await attacker.readSession()).toMatchObject({
      account: null,
      outcome: { error: 'invalid_grant' },
    });
  });

  test('that the user declines says so to the page, once, and begins no session', async () => {
    const browser = openBrowser(chain);
    const back = await browser.signIn(priya, { consent: 'decline' });
    expect(back.headers.get('location')).toBe('/');
    expect(await browser.readSession()).toEqual({
      account: null,
      outcome: { error: 'access_denied', number: '65004' },
    });
    expect((await browser.readSession()).outcome).toBeNull();
  });

  test.each([
    'return_to=https://evil.example/',
    'return_to=//evil.example/',
    'return_to=/%5Cevil.example/',
    'return_to=javascript:alert(1)',
    'return_to=page',
    'prompt=none',
    'claims=no-json',
    'claims=%5B%5D',
  ])('does not accept %s', async (query) => {
    const response = await openBrowser(chain).request(`/sign-in?${query}`);
    expect(await bodyOf(response)).toMatchObject({ status: 400, code: 'invalid_parameter' });
  });
});

describe('a request', () => {
  test.each([
    ['GET', '/session'],
    ['POST', '/session/renewal'],
    ['POST', '/session/end'],
    ['GET', '/api/overview'],
    ['DELETE', '/api/leave-requests/1'],
  ])('that another site may have caused is rejected: %s %s without the header', async (method, path) => {
    const browser = await openSignedIn(chain);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, chain.bffUrl), { method, headers: { cookie } });
    expect(await bodyOf(response)).toMatchObject({ status: 403, code: 'cross_site_request' });
  });

  test('of another origin is not allowed to send the header', async () => {
    const response = await fetch(`${chain.bffUrl}/api/overview`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://evil.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'x-session-user',
      },
    });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('of a page that shows another user is rejected', async () => {
    const tab = await openSignedIn(chain);
    const shown = tab.user;
    await tab.signIn(amara);
    expect(await bodyOf(await tab.request('/api/overview'))).toMatchObject({
      status: 401,
      code: 'missing_token',
    });
    await tab.readSession();
    expect(tab.user).not.toBe(shown);
    expect((await tab.request('/api/overview')).status).toBe(200);
  });

  test('is forwarded with its body and key, and the answer comes back as it is', async () => {
    const browser = await openSignedIn(chain);
    const key = randomUUID();
    const send = (body: string) =>
      browser.request('/api/leave-requests', {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      });
    expect(await bodyOf(await send('{'))).toMatchObject({ status: 400, code: 'malformed_json' });
    const body = '{"startDate":"2030-06-03","endDate":"2030-06-04"}';
    const created = await bodyOf(await send(body));
    expect(created).toMatchObject({ status: 201, startDate: '2030-06-03' });
    expect((await bodyOf(await send(body))).id).toBe(created.id);
    expect((await browser.request(`/api/leave-requests/${created.id}`, { method: 'DELETE' })).status).toBe(
      204,
    );
    expect((await send('x'.repeat(200_000))).status).toBe(413);
    expect((await browser.request('/api/overview', { method: 'PATCH' })).status).toBe(405);
  });

  test('reaches nothing of the middle tier but /api and its pages about problems', async () => {
    const browser = await openSignedIn(chain);
    expect(await (await browser.request('/problems/leave_overdrawn')).text()).toContain('leave_overdrawn');
    expect(await (await browser.request('/problems/cross_site_request')).text()).toContain('another site');
    expect((await browser.request('/problems/nonsense')).status).toBe(404);
    expect((await browser.request('/api/%2e%2e/openapi.json')).status).toBe(404);
    expect((await browser.request('/openapi.json')).status).toBe(404);
  });
});

describe('a session', () => {
  test('renews its token once for concurrent requests', async () => {
    const browser = await openSignedIn(chain);
    const before = chain.tenant.requests.refresh_token;
    const renewals = await Promise.all(
      Array.from({ length: 5 }, () => browser.request('/session/renewal', { method: 'POST' })),
    );
    expect(renewals.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    expect(chain.tenant.requests.refresh_token).toBe(before + 1);
  });

  test('renews a token that is about to expire, before it is used', async () => {
    chain.tenant.lifetimes.accessToken = 120;
    try {
      const browser = await openSignedIn(chain);
      const before = chain.tenant.requests.refresh_token;
      for (let request = 0; request < 2; request += 1)
        expect((await browser.request('/api/overview')).status).toBe(200);
      expect(chain.tenant.requests.refresh_token).toBe(before + 1);
    } finally {
      chain.tenant.lifetimes.accessToken = 3_600;
    }
  });

  test('ends when its tokens can no longer be renewed', async () => {
    const browser = await openSignedIn(chain);
    const { id } = chain.tenant.directory.findUser(priya) ?? { id: '' };
    chain.tenant.directory.state.revocations[id] = {
      signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString(),
    };
    expect(await bodyOf(await browser.request('/session/renewal', { method: 'POST' }))).toMatchObject({
      status: 401,
      code: 'missing_token',
    });
    expect((await browser.readSession()).account).toBeNull();
  });

  test('ends with the sign-out, which ends the one at the identity provider too', async () => {
    const browser = await openSignedIn(chain);
    const id = browser.cookies.get('__Host-session') ?? '';
    const { url } = await (await browser.request('/session/end', { method: 'POST' })).json();
    const signOut = new URL(url);
    expect(signOut.origin + signOut.pathname).toBe(chain.tenant.authorityMetadata.end_session_endpoint);
    expect(Object.fromEntries(signOut.searchParams)).toEqual({
      post_logout_redirect_uri: `${chain.bffUrl}/sign-in/callback`,
      logout_hint: expect.stringMatching(/./),
    });
    const signedOut = await fetch(url, { redirect: 'manual' });
    expect(signedOut.headers.get('location')).toBe(`${chain.bffUrl}/sign-in/callback`);
    expect((await browser.request('/sign-in/callback')).headers.get('location')).toBe('/');

    expect(browser.cookies.has('__Host-session')).toBe(false);
    browser.cookies.set('__Host-session', id);
    expect((await browser.request('/api/overview')).status).toBe(401);
    expect((await browser.request('/session/end', { method: 'POST' })).status).toBe(401);
  });

  test('ends when the identity provider says that the user signed out elsewhere', async () => {
    const [browser, other] = [await openSignedIn(chain), await openSignedIn(chain, amara)];
    const signOut = (query: string) => fetch(`${chain.bffUrl}/front-channel-sign-out${query}`);
    expect((await signOut(`?sid=${randomUUID()}`)).status).toBe(200);
    expect((await browser.readSession()).account).not.toBeNull();
    const response = await signOut(`?sid=${browser.sid}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-frame-options'), 'may be in a frame').toBeNull();
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect((await browser.readSession()).account).toBeNull();
    expect((await other.readSession()).account).not.toBeNull();
    expect((await signOut('')).status).toBe(400);
  });

  test('makes room for a new one: the one that was not used for longest ends', async () => {
    const first = await openSignedIn(chain);
    const second = await openSignedIn(chain);
    const third = await openSignedIn(chain);
    await first.readSession();
    const fourth = await openSignedIn(chain);
    const accounts = await Promise.all(
      [first, second, third, fourth].map(async (browser) => (await browser.readSession()).account?.username),
    );
    expect(accounts).toEqual([priya, undefined, priya, priya]);
  });
});

describe('the site', () => {
  test('is the SPA, on every page, with a configuration that sends its requests here', async () => {
    for (const path of ['/', '/leave/new', '/nowhere']) {
      const page = await fetch(new URL(path, chain.bffUrl), { headers: { accept: 'text/html' } });
      expect(await page.text()).toContain('<title>SPA</title>');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('content-security-policy')).toContain("connect-src 'self';");
    }
    const asset = await fetch(`${chain.bffUrl}/assets/index-1.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect((await fetch(`${chain.bffUrl}/assets/index-2.js`)).status).toBe(404);
    const configuration = await (await fetch(`${chain.bffUrl}/configuration.json`)).json();
    expect(configuration.apiBaseUrl).toBe(chain.bffUrl);
    expect(await (await fetch(`${chain.bffUrl}/readyz`)).json()).toMatchObject({ status: 'ready' });
  });
});

test('a middle tier that does not respond is a problem of its own', async () => {
  const cut = await startBffChain(directory, { API_BASE_URL: 'http://localhost:1' });
  onTestFinished(() => cut.close());
  const browser = await openSignedIn(cut);
  expect(await bodyOf(await browser.request('/api/overview'))).toMatchObject({
    status: 502,
    code: 'middle_tier_unavailable',
  });
  expect(await (await browser.request('/readyz')).json()).toMatchObject({
    status: 'ready',
    dependencies: { identity_provider: 'answering', middle_tier: 'failing' },
  });
});

test('any cookie gives a documented answer, and none is taken for a session', {
  timeout: 120_000,
}, async () => {
  const { request } = await openSignedIn(chain);
  const value = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.stringMatching(/^[\w-]{43}$/),
    fc.constant('__proto__'),
    fc.string().map((text) => Buffer.from(text).toString('base64url').padEnd(43, 'A').slice(0, 43)),
  );
  const name = fc.constantFrom('__Host-session', '__Host-sign-in', '__host-session', 'session');
  const cookies = fc
    .array(fc.tuple(name, value), { maxLength: 4 })
    .map((pairs) => pairs.map(([cookie, text]) => `${cookie}=${text.replace(/[^ -~]/g, '')}`).join('; '));
  const calls = fc.constantFrom<[string, string]>(
    ['GET', '/session'],
    ['GET', '/api/overview'],
    ['POST', '/session/renewal'],
    ['POST', '/session/end'],
    ['GET', '/sign-in/callback?code=x&state=y'],
  );
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(cookies, calls, async (cookie, [method, path]) => {
      const response = await request(path, { method, headers: { cookie } });
      const { status, headers } = response;
      const body = await response.text();
      expectDocumented({ status, headers, body });
      if (status === 200) expect(JSON.parse(body)).toEqual({ account: null, outcome: null });
      seen.add(status);
    }),
    { seed: 20_261_130, numRuns: 1_000 },
  );
  expect(seen).toEqual(new Set([200, 400, 401]));
});
