import { type Listening, listen } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMiddleTierApi, type MiddleTierApi, readConfiguration } from '../src/index.ts';

const tenant = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const guestTenant = '5a1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b35';
const clientId = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';
const page = 'https://app.example/leave/new?draft=1';

/** Starts a middle tier that nothing behind it answers. No request here needs any of it. */
async function start(publicUrl: string) {
  const api = createMiddleTierApi(
    readConfiguration({
      TENANT_ID: tenant,
      AUTHORITY: `https://login.microsoftonline.com/${tenant}`,
      ALLOWED_TENANT_IDS: `${tenant},${guestTenant}`,
      CLIENT_ID: clientId,
      CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
      ALLOWED_CLIENT_IDS: '0b3d5f7a-9c1e-4a2b-8d4f-6e8a0c2b4d6f',
      ALLOWED_ORIGINS: 'https://app.example',
      DOWNSTREAM_API_BASE_URL: 'http://localhost:1',
      DOWNSTREAM_API_APP_ID_URI: 'api://downstream',
      PUBLIC_URL: publicUrl,
      TOKEN_CACHE_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      DATA_DIRECTORY: '/nowhere',
    }),
    createTestLogger('middle-tier-api'),
  );
  return { api, server: await listen(api.app, { host: 'localhost', port: 0 }) };
}

let api: MiddleTierApi;
let server: Listening;
beforeAll(async () => {
  ({ api, server } = await start('https://api.example'));
});
afterAll(async () => {
  await server.close();
  await api.close();
});

const visit = async (path: string, cookie = '', { url } = server) => {
  const response = await fetch(`${url}${path}`, {
    redirect: 'manual',
    headers: cookie === '' ? {} : { cookie },
  });
  return {
    status: response.status,
    location: new URL(response.headers.get('location') ?? 'about:blank'),
    setCookie: response.headers.get('set-cookie') ?? '',
    body: response.status === 302 ? {} : await response.json(),
  };
};
const leave = (parameters: Record<string, string>, at = server) =>
  visit(`/consent/calendar?${new URLSearchParams(parameters)}`, '', at);

describe('the way to the consent page', () => {
  test('leads to Entra, for one permission of the middle tier', async () => {
    const { status, location } = await leave({ return_to: page, login_hint: 'priya@contoso.example' });
    expect(status).toBe(302);
    expect(location.origin + location.pathname).toBe(
      `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`,
    );
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: 'https://api.example/consent/calendar/callback',
      scope: 'https://graph.microsoft.com/Calendars.ReadWrite',
      prompt: 'consent',
      state: expect.stringMatching(/^[0-9a-f-]{36}$/),
      login_hint: 'priya@contoso.example',
    });
  });

  test('leads to the tenant of a user of another one', async () => {
    const { location } = await leave({ return_to: page, tenant: guestTenant });
    expect(location.pathname).toBe(`/${guestTenant}/oauth2/v2.0/authorize`);
  });

  test.each([
    ['https://api.example', /; HttpOnly; Secure; SameSite=Lax$/],
    ['http://localhost:4000', /; HttpOnly; SameSite=Lax$/],
  ])('sets a cookie for ten minutes that only the way back gets (%s)', async (publicUrl, attributes) => {
    const other = await start(publicUrl);
    const { setCookie, location } = await leave({ return_to: page }, other.server);
    await other.server.close();
    await other.api.close();
    expect(setCookie).toMatch(attributes);
    expect(setCookie).toContain(`consent-${location.searchParams.get('state')}=${encodeURIComponent(page)}`);
    expect(setCookie).toContain('Max-Age=600; Path=/consent/calendar/callback');
  });

  test.each([
    ['without a page to come back to', {}],
    ['with a page at another origin', { return_to: 'https://evil.example/leave/new' }],
    ['with an origin that only begins like the app’s', { return_to: 'https://app.example.evil.example/' }],
    ['with the app’s origin as user name', { return_to: 'https://app.example@evil.example/' }],
    ['with a path only', { return_to: '//evil.example' }],
    ['with a script', { return_to: 'javascript:alert(1)' }],
    ['with a tenant whose users may not call', { return_to: page, tenant: clientId }],
  ])('%s is 400', async (_title, parameters: Record<string, string>) => {
    expect(await leave(parameters)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
      setCookie: '',
    });
  });
});

describe('the way back', () => {
  const begin = async () => {
    const { location, setCookie } = await leave({ return_to: page });
    return { state: location.searchParams.get('state') ?? '', cookie: setCookie.split(';')[0] ?? '' };
  };
  const comeBack = (parameters: Record<string, string>, cookie: string) =>
    visit(`/consent/calendar/callback?${new URLSearchParams(parameters)}`, cookie);

  test.each([
    ['granted', { code: '0.AAAA' }],
    ['refused', { error: 'access_denied', error_description: 'AADSTS65004: User declined to consent' }],
    [
      'admin_required',
      { error: 'access_denied', error_description: 'AADSTS90094: The grant requires admin permission.' },
    ],
    [
      'admin_required',
      { error: 'access_denied', error_description: 'AADSTS90095: Admin consent is required' },
    ],
    ['admin_required', { error: 'access_denied', error_subcode: 'cancel' }],
    ['failed', { error: 'server_error', error_description: 'AADSTS90033' }],
    ['failed', {}],
  ])(
    'says %s on the page that the user came from, and removes the cookie',
    async (outcome, answer: object) => {
      const { state, cookie } = await begin();
      const { status, location, setCookie } = await comeBack({ ...answer, state }, `theme=dark; ${cookie}`);
      expect(status).toBe(302);
      expect(location.href).toBe(`${page}&calendar_consent=${outcome}`);
      expect(setCookie).toMatch(new RegExp(`^consent-${state}=; .*Expires=Thu, 01 Jan 1970`));
    },
  );

  test('works for two tabs at once', async () => {
    const [one, two] = [await begin(), await begin()];
    for (const { state } of [one, two])
      expect((await comeBack({ code: '0.AAAA', state }, `${one.cookie}; ${two.cookie}`)).status).toBe(302);
  });

  test.each<[string, (begun: { state: string; cookie: string }) => [Record<string, string>, string]]>([
    ['in another browser', ({ state }) => [{ code: '0.AAAA', state }, '']],
    [
      'with the state of another visit',
      ({ cookie }) => [{ code: '0.AAAA', state: crypto.randomUUID() }, cookie],
    ],
    ['without a state', ({ cookie }) => [{ code: '0.AAAA' }, cookie]],
    [
      'with a cookie that leads to another origin',
      ({ state }) => [
        { code: '0.AAAA', state },
        `consent-${state}=${encodeURIComponent('https://evil.example')}`,
      ],
    ],
    [
      'with a cookie that is malformed',
      ({ state }) => [{ code: '0.AAAA', state }, `consent-${state}=%E0%A4%A`],
    ],
  ])('%s is 400', async (_title, change) => {
    const [parameters, cookie] = change(await begin());
    expect(await comeBack(parameters, cookie)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
  });
});
