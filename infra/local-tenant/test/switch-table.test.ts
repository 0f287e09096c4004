import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signInOverHttp } from '../src/index.ts';
import type { Services } from '../src/switches/services.ts';
import { switches } from '../src/switches/switches.ts';
import { openBrowser } from './entra/browser.ts';
import { openTenant, requestToken, spaOrigin, spaRedirectUri, type TestTenant } from './entra/tenant.ts';
import { fromSpa } from './entra/token-requests.ts';
import { enterPassword, names, onBehalfOf, refresh, signInToSpa } from './entra/users.ts';

let tenant: TestTenant;
let close: () => void;
beforeEach(async () => {
  ({ tenant, close } = await openTenant({ services: fakeServices() }));
});
afterEach(() => close());

/** Services that stop and start at once. */
function fakeServices(): Services {
  const list = [{ name: 'downstream-api', isRunning: true }];
  const listeners: (() => void)[] = [];
  return {
    list: () => list,
    subscribe: (listener) => listeners.push(listener),
    setRunning(name, isRunning) {
      for (const service of list) if (service.name === name) service.isRunning = isRunning;
      for (const listener of listeners) listener();
    },
  };
}

/** Sends `METHOD /path` below `/local-tenant`. */
function turn(request: string, body: unknown = {}): Promise<Response> {
  const [method = '', path = ''] = request.split(' ');
  return fetch(`${tenant.baseUrl}/local-tenant${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(method !== 'GET' && { body: JSON.stringify(body) }),
  });
}

const readState = async () =>
  z.record(z.string(), z.unknown()).parse(await (await turn('GET /state')).json());

test('the docs list every switch, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/change-the-local-tenant.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)` \| (.+) \| (yes|no) \|$/gm)];
  const listed = rows.map(([, request, what = '', survives]) => ({
    request,
    name: what.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1'),
    survivesRestart: survives === 'yes',
  }));
  const inCode = switches.map(({ request, name, survivesRestart }) => ({ request, name, survivesRestart }));
  expect(listed).toEqual(inCode);
});

test('the list of switches is served, with texts that are sentences', async () => {
  const listed = z
    .array(z.object({ request: z.string(), name: z.string(), causes: z.string(), undo: z.string() }))
    .parse(await (await turn('GET /switches')).json());
  expect(listed.map(({ request }) => request)).toEqual(switches.map(({ request }) => request));
  for (const { causes, undo } of listed)
    for (const text of [causes, undo]) expect(text).toMatch(/^[A-Z].+\.$/);
});

interface Row {
  /** The request in the list. */
  request: string;
  /** What is sent first, so that there is something to change. */
  given?: (apps: TestTenant['apps']) => [request: string, body?: object];
  send: (apps: TestTenant['apps']) => [request: string, body?: object];
  /** What the state contains afterwards. */
  state: (apps: TestTenant['apps']) => object;
  undo?: (apps: TestTenant['apps']) => [request: string, body?: object];
}

const user = (changes: object) => ({
  users: expect.arrayContaining([expect.objectContaining({ signInName: names.employee, ...changes })]),
});
const app = (appId: string, changes: object) => ({
  applications: expect.arrayContaining([expect.objectContaining({ appId, ...changes })]),
});
const consentFor = (appId: string) => ({
  consents: expect.arrayContaining([
    expect.objectContaining({ client: expect.objectContaining({ appId }), user: null }),
  ]),
});
const policies = (...expected: object[]) => ({
  conditionalAccess: expect.objectContaining({
    policies: expected.map((policy) => expect.objectContaining(policy)),
  }),
});
const principal = ({ downstream }: TestTenant['apps']) => `/service-principals/${downstream}`;
const employee = `/users/${names.employee}`;

const table: Row[] = [
  {
    request: 'PATCH /users/{sign-in name}',
    send: () => [`PATCH ${employee}`, { accountEnabled: false }],
    state: () => user({ accountEnabled: false }),
    undo: () => [`PATCH ${employee}`, { accountEnabled: true }],
  },
  {
    request: 'PUT /users/{sign-in name}/password',
    send: () => [`PUT ${employee}/password`, { password: 'another' }],
    state: () => user({ hasChangedPassword: true, revokedAt: expect.any(String) }),
    undo: () => [`PUT ${employee}/password`, { password: 'local-password' }],
  },
  {
    request: 'POST /users/{sign-in name}/revocation',
    send: () => [`POST ${employee}/revocation`],
    state: () => user({ revokedAt: expect.any(String) }),
    undo: () => [`DELETE ${employee}/revocation`],
  },
  {
    request: 'DELETE /users/{sign-in name}/revocation',
    given: () => [`POST ${employee}/revocation`],
    send: () => [`DELETE ${employee}/revocation`],
    state: () => user({ revokedAt: null }),
    undo: () => [`POST ${employee}/revocation`],
  },
  { request: 'DELETE /sessions', send: () => ['DELETE /sessions'], state: () => user({ revokedAt: null }) },
  { request: 'DELETE /refresh-tokens', send: () => ['DELETE /refresh-tokens'], state: () => ({}) },
  {
    request: 'DELETE /users/{sign-in name}/events',
    send: () => [`DELETE ${employee}/events`],
    state: () => user({ events: [] }),
  },
  {
    request: 'PATCH /service-principals/{application ID}',
    send: (apps) => [`PATCH ${principal(apps)}`, { appRoleAssignmentRequired: true }],
    state: ({ downstream }) => app(downstream, { appRoleAssignmentRequired: true }),
    undo: (apps) => [`PATCH ${principal(apps)}`, { appRoleAssignmentRequired: false }],
  },
  {
    request: 'PUT /service-principals/{application ID}/users/{sign-in name}',
    send: (apps) => [`PUT ${principal(apps)}${employee}`],
    state: ({ downstream }) => app(downstream, { assignedUsers: [names.employee] }),
    undo: (apps) => [`DELETE ${principal(apps)}${employee}`],
  },
  {
    request: 'DELETE /service-principals/{application ID}/users/{sign-in name}',
    given: (apps) => [`PUT ${principal(apps)}${employee}`],
    send: (apps) => [`DELETE ${principal(apps)}${employee}`],
    state: ({ downstream }) => app(downstream, { assignedUsers: [] }),
    undo: (apps) => [`PUT ${principal(apps)}${employee}`],
  },
  {
    request: 'DELETE /service-principals/{application ID}',
    send: (apps) => [`DELETE ${principal(apps)}`],
    state: ({ downstream }) => app(downstream, { isInTenant: false }),
    undo: (apps) => [`POST ${principal(apps)}`],
  },
  {
    request: 'POST /service-principals/{application ID}',
    given: (apps) => [`DELETE ${principal(apps)}`],
    send: (apps) => [`POST ${principal(apps)}`],
    state: ({ downstream }) => app(downstream, { isInTenant: true, accountEnabled: true }),
    undo: (apps) => [`DELETE ${principal(apps)}`],
  },
  {
    request: 'POST /consents/{application ID}',
    send: ({ middleTier }) => [`POST /consents/${middleTier}`],
    state: ({ middleTier }) => consentFor(middleTier),
    undo: ({ middleTier }) => [`DELETE /consents/${middleTier}`],
  },
  {
    request: 'DELETE /consents/{application ID}',
    given: ({ middleTier }) => [`POST /consents/${middleTier}`],
    send: ({ middleTier }) => [`DELETE /consents/${middleTier}`],
    state: () => ({ consents: [] }),
  },
  {
    request: 'DELETE /consents/{application ID}/{scope}',
    given: ({ middleTier }) => [`POST /consents/${middleTier}`],
    send: ({ middleTier }) => [`DELETE /consents/${middleTier}/User.Read`],
    state: () => ({
      consents: [
        expect.objectContaining({ scopes: ['offline_access'] }),
        expect.objectContaining({ scopes: ['Leave.Read', 'Leave.ReadWrite'] }),
      ],
    }),
    undo: ({ middleTier }) => [`POST /consents/${middleTier}`],
  },
  {
    request: 'DELETE /consents',
    given: ({ middleTier }) => [`POST /consents/${middleTier}`],
    send: () => ['DELETE /consents'],
    state: () => ({ consents: [] }),
  },
  {
    request: 'PUT /user-consent',
    send: () => ['PUT /user-consent', { allowed: false }],
    state: () => ({ userConsent: { allowed: false } }),
    undo: () => ['PUT /user-consent', { allowed: true }],
  },
  {
    request: 'POST /conditional-access',
    send: ({ downstream }) => ['POST /conditional-access', { control: 'block', resource: downstream }],
    state: () => policies({ displayName: 'block for obo-downstream-api' }),
    undo: () => ['DELETE /conditional-access'],
  },
  {
    request: 'DELETE /conditional-access/{policy ID}',
    given: () => ['PUT /second-factor', { required: true }],
    send: () => [`DELETE /conditional-access/${tenant.directory.state.conditionalAccessPolicies[0]?.id}`],
    state: () => policies(),
  },
  {
    request: 'DELETE /conditional-access',
    given: () => ['PUT /second-factor', { required: true }],
    send: () => ['DELETE /conditional-access'],
    state: () => policies(),
  },
  {
    request: 'PUT /second-factor',
    send: () => ['PUT /second-factor', { required: true }],
    state: () => ({
      secondFactor: { required: true },
      ...policies({ displayName: 'mfa for all applications' }),
    }),
    undo: () => ['PUT /second-factor', { required: false }],
  },
  {
    request: 'POST /signing-keys',
    send: () => ['POST /signing-keys'],
    state: () => ({
      signingKeys: expect.objectContaining({ published: [expect.any(String), expect.any(String)] }),
    }),
  },
  {
    request: 'DELETE /signing-keys',
    given: () => ['POST /signing-keys'],
    send: () => ['DELETE /signing-keys'],
    state: () => ({
      signingKeys: expect.objectContaining({
        published: [expect.any(String)],
        withdrawn: [expect.any(String)],
      }),
    }),
    undo: () => ['DELETE /signing-keys/withdrawal'],
  },
  {
    request: 'DELETE /signing-keys/withdrawal',
    given: () => ['DELETE /signing-keys'],
    send: () => ['DELETE /signing-keys/withdrawal'],
    state: () => ({ signingKeys: expect.objectContaining({ withdrawn: [] }) }),
  },
  {
    request: 'PATCH /lifetimes',
    send: () => ['PATCH /lifetimes', { accessToken: 330 }],
    state: () => ({ lifetimes: expect.objectContaining({ accessToken: 330 }) }),
    undo: () => ['PATCH /lifetimes', { accessToken: 3600 }],
  },
  {
    request: 'PUT /clock',
    send: () => ['PUT /clock', { ahead: 90_000 }],
    state: () => ({ clock: { ahead: 90_000 } }),
    undo: () => ['PUT /clock', { ahead: 0 }],
  },
  {
    request: 'PUT /graph-throttling',
    send: () => ['PUT /graph-throttling', { seconds: 60 }],
    state: () => ({ graphThrottling: { seconds: 60 } }),
    undo: () => ['PUT /graph-throttling', { seconds: 0 }],
  },
  {
    request: 'PUT /services/{service}',
    send: () => ['PUT /services/downstream-api', { isRunning: false }],
    state: () => ({ services: [{ name: 'downstream-api', isRunning: false }] }),
    undo: () => ['PUT /services/downstream-api', { isRunning: true }],
  },
  {
    request: 'POST /reset',
    given: () => ['PUT /clock', { ahead: 60 }],
    send: () => ['POST /reset'],
    state: () => ({ clock: { ahead: 0 } }),
  },
];

test('every switch is in the table of this test', () => {
  expect(table.map(({ request }) => request)).toEqual(switches.map(({ request }) => request));
});

test.each(table)('$request changes the state that the page shows, and can be undone', async (row) => {
  const { apps } = tenant;
  const ignored = ['now'];
  const withoutTime = async () =>
    Object.fromEntries(Object.entries(await readState()).filter(([name]) => !ignored.includes(name)));
  if (row.given) expect((await turn(...row.given(apps))).ok).toBe(true);
  const before = await withoutTime();
  expect((await turn(...row.send(apps))).ok).toBe(true);
  const changed = await withoutTime();
  expect(changed).toMatchObject(row.state(apps));
  if (!row.undo) return;
  expect(changed).not.toEqual(before);
  expect((await turn(...row.undo(apps))).ok).toBe(true);
  // A password that is changed back still ended the earlier sign-ins, and so did a second revocation.
  const undone = await withoutTime();
  if (!/password|revocation/.test(row.request)) expect(undone).toEqual(before);
});

test('a switch keeps the rest of the state as it was, and the reset undoes all of them', async () => {
  const before = await readState();
  for (const row of table.filter(({ request }) => request !== 'POST /reset')) {
    if (row.given) await turn(...row.given(tenant.apps));
    await turn(...row.send(tenant.apps));
  }
  expect(await readState()).not.toMatchObject({ ...before, now: expect.anything() });
  await turn('POST /reset');
  const after = await readState();
  expect(after).toEqual({ ...before, now: expect.any(String), signingKeys: after.signingKeys });
  expect(after.signingKeys).toMatchObject({ published: [expect.any(String)], withdrawn: [] });
});

describe('what the switches cause', () => {
  const numbersOf = (response: { body: Record<string, unknown> }) => response.body.error_codes;
  const exchange = (assertion: string) => requestToken(tenant, onBehalfOf(tenant, assertion));
  const renew = (token: string | undefined) => requestToken(tenant, refresh(tenant, token), fromSpa);

  test('a disabled user gets AADSTS50057 until enabled again', async () => {
    const { access_token, refresh_token } = await signInToSpa(tenant);
    await turn(`PATCH ${employee}`, { accountEnabled: false });
    expect(numbersOf(await exchange(access_token))).toEqual([50057]);
    expect(numbersOf(await renew(refresh_token))).toEqual([50057]);
    await turn(`PATCH ${employee}`, { accountEnabled: true });
    expect((await exchange(access_token)).status).toBe(200);
  });

  test('a changed password ends earlier sign-ins, and only the new one works', async () => {
    const { access_token, refresh_token } = await signInToSpa(tenant);
    await turn(`PUT ${employee}/password`, { password: 'another' });
    expect(numbersOf(await exchange(access_token))).toEqual([50133]);
    expect(numbersOf(await renew(refresh_token))).toEqual([50173]);
    await expect(signInToSpa(tenant)).rejects.toMatchObject({ number: 50126 });
    const again = await signInToSpa(tenant, { password: 'another' });
    expect((await exchange(again.access_token)).status).toBe(200);
  });

  test('a revocation can be taken back', async () => {
    const { access_token } = await signInToSpa(tenant);
    await turn(`POST ${employee}/revocation`);
    expect(numbersOf(await exchange(access_token))).toEqual([50133]);
    await turn(`DELETE ${employee}/revocation`);
    expect((await exchange(access_token)).status).toBe(200);
  });

  test('expired refresh tokens are rejected, and those of a later sign-in are not', async () => {
    const { refresh_token } = await signInToSpa(tenant);
    await turn('DELETE /refresh-tokens');
    expect(numbersOf(await renew(refresh_token))).toEqual([700084]);
    expect((await renew((await signInToSpa(tenant)).refresh_token)).status).toBe(200);
  });

  test('where assignment is required, an assigned user gets tokens', async () => {
    const { access_token } = await signInToSpa(tenant);
    await turn(`PATCH ${principal(tenant.apps)}`, { appRoleAssignmentRequired: true });
    expect(numbersOf(await exchange(access_token))).toEqual([50105]);
    await turn(`PUT ${principal(tenant.apps)}${employee}`);
    expect((await exchange(access_token)).status).toBe(200);
    await turn(`DELETE ${principal(tenant.apps)}${employee}`);
    expect(numbersOf(await exchange(access_token))).toEqual([50105]);
  });

  test('an application that is added again has the consents that it had', async () => {
    const { access_token } = await signInToSpa(tenant);
    await turn(`DELETE ${principal(tenant.apps)}`);
    expect(numbersOf(await exchange(access_token))).toEqual([500011]);
    await turn(`POST ${principal(tenant.apps)}`);
    expect((await exchange(access_token)).status).toBe(200);
  });

  test('consent for everyone is enough for the exchange, and sign-in does not ask', async () => {
    await turn(`POST /consents/${tenant.apps.spa}`);
    await turn(`POST /consents/${tenant.apps.middleTier}`);
    const { access_token } = await signInToSpa(tenant, { consent: 'decline' });
    expect((await exchange(access_token)).status).toBe(200);
  });

  test('a second factor for everything is asked for at sign-in', async () => {
    await turn('PUT /second-factor', { required: true });
    const browser = openBrowser(tenant);
    await browser.authorize();
    expect((await enterPassword(browser)).steps).toContain('one-time-code');
  });

  test('tokens signed with a withdrawn key are valid again once it is published again', async () => {
    const { access_token } = await signInToSpa(tenant);
    await turn('POST /signing-keys');
    await turn('DELETE /signing-keys');
    expect(numbersOf(await exchange(access_token))).toEqual([50013]);
    await turn('DELETE /signing-keys/withdrawal');
    expect((await exchange(access_token)).status).toBe(200);
  });

  test('Graph answers 429 with Retry-After while it throttles, and goes on by itself', async () => {
    await turn('PUT /graph-throttling', { seconds: 60 });
    const throttled = await fetch(`${tenant.graphBaseUrl}/me`);
    expect(throttled.status).toBe(429);
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await throttled.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
    tenant.advance(61);
    expect((await fetch(`${tenant.graphBaseUrl}/me`)).status).toBe(401);
  });

  test('after a reset, users sign in and consent as for the first time', async () => {
    const { access_token, refresh_token } = await signInToSpa(tenant);
    await turn('POST /reset');
    expect(numbersOf(await exchange(access_token))).toEqual([50133]);
    expect(numbersOf(await renew(refresh_token))).toEqual([70000]);
    const again = signInOverHttp({
      authorityMetadata: tenant.authorityMetadata,
      clientId: tenant.apps.spa,
      redirectUri: spaRedirectUri,
      origin: spaOrigin,
      scopes: [tenant.spaScope],
      username: names.employee,
      password: 'local-password',
    });
    await expect(again).rejects.toMatchObject({ number: 65004 });
  });
});

test('the state survives a restart where the list says so', () => {
  expect(switches.filter(({ survivesRestart }) => !survivesRestart).map(({ request }) => request)).toEqual([
    'PATCH /lifetimes',
    'PUT /clock',
    'PUT /graph-throttling',
    'PUT /services/{service}',
  ]);
});

test.each([
  ['PATCH /users/nobody', { accountEnabled: false }, 404],
  [`PATCH ${employee}`, {}, 400],
  [`PUT ${employee}/password`, { password: '' }, 400],
  ['POST /service-principals/00000000-0000-0000-0000-000000000001', {}, 404],
  ['POST /consents/00000000-0000-0000-0000-000000000001', {}, 404],
  ['DELETE /conditional-access/00000000-0000-0000-0000-000000000001', {}, 404],
  ['PUT /graph-throttling', { seconds: -1 }, 400],
  ['PUT /services/unknown', { isRunning: false }, 404],
  ['PATCH /users/%E0%A4%A', { accountEnabled: false }, 400],
])('%s %j is rejected with %i', async (request, body, status) => {
  const response = await turn(request, body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: expect.any(String), error_description: /\w/ });
});

test('the log has the request, and no password', async () => {
  const logged: string[] = [];
  const { tenant: logging, close: closeLogging } = await openTenant({
    log: (event) => logged.push(JSON.stringify(event)),
  });
  await fetch(`${logging.baseUrl}/local-tenant${employee}/password`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ password: 'not-to-be-logged' }),
  });
  closeLogging();
  expect(logged.join('\n')).toContain(`PUT ${employee}/password`);
  expect(logged.join('\n')).not.toContain('not-to-be-logged');
});

test('without start, a service cannot be stopped, and the response says why', async () => {
  const { tenant: alone, close: closeAlone } = await openTenant();
  const response = await fetch(`${alone.baseUrl}/local-tenant/services/downstream-api`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"isRunning": false}',
  });
  closeAlone();
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ error_description: expect.stringContaining('start') });
});
