import { once } from 'node:events';
import { createServer } from 'node:http';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLocalTenant } from '../src/index.ts';
import { openBrowser } from './entra/browser.ts';
import { openTenant, postForm, requestToken, secret, type TestTenant } from './entra/tenant.ts';
import { clientCredentials } from './entra/token-requests.ts';
import { enterPassword, names, onBehalfOf, password, signInToSpa } from './entra/users.ts';

let tenant: TestTenant;
let close: () => void;
beforeEach(async () => {
  ({ tenant, close } = await openTenant());
});
afterEach(() => close());

const recordedSchema = z.object({
  recording: z.object({ state: z.string(), removed: z.number(), spa: z.string().optional() }),
  messages: z.array(
    z.object({
      id: z.number(),
      kind: z.string(),
      method: z.string(),
      path: z.string(),
      milliseconds: z.number(),
      status: z.number().nullable(),
      correlationId: z.string().nullable(),
      traceId: z.string().nullable(),
      client: z.object({ appId: z.string(), name: z.string().nullable() }).nullable(),
      user: z.string().nullable(),
      resource: z.string().nullable(),
      scopes: z.array(z.string()),
      parameters: z.record(z.string(), z.string()),
      answer: z.string(),
      error: z
        .object({ number: z.number().optional(), code: z.string().optional(), text: z.string() })
        .nullable(),
      tokens: z.array(
        z.object({
          use: z.string(),
          kind: z.string(),
          audience: z.string().nullable(),
          claims: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
  ),
});

/** Reads what was recorded, once there are that many messages: a message is recorded after its response was sent. */
async function recorded(count: number, query = '', baseUrl = tenant.baseUrl) {
  const read = async () =>
    recordedSchema.parse(await (await fetch(`${baseUrl}/local-tenant/messages${query}`)).json());
  await expect.poll(async () => (await read()).messages.length).toBeGreaterThanOrEqual(count);
  return read();
}

const change = (method: string, path: string, body: object = {}) =>
  fetch(`${tenant.baseUrl}/local-tenant${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

const correlationId = '7d9e2b1c-5a44-4c0f-9f2e-1b6f4c8d3a55';

describe('records', () => {
  test('a sign-in as one conversation, from the authorization request to the code', async () => {
    const browser = openBrowser(tenant);
    await browser.authorize({ 'client-request-id': correlationId });
    await browser.submit('account', { account: names.employee });
    await browser.submit('password', { password: 'wrong' });
    await browser.submit('password', { password });
    await browser.submit('consent', { consent: 'accept' });
    const { messages } = await recorded(5, `?correlationId=${correlationId}`);
    expect(messages.map(({ kind, answer }) => [kind, answer])).toEqual([
      ['authorize', 'Page “Pick an account”'],
      ['sign-in', 'Page “Enter password”'],
      ['sign-in', 'Page “Error: Enter password”'],
      ['sign-in', 'Page “Permissions requested”'],
      ['consent', 'Back to the application, with an authorization code'],
    ]);
    expect(messages[2]?.error).toMatchObject({ number: 50126 });
    expect(messages.at(-1)).toMatchObject({
      client: { appId: tenant.apps.spa, name: 'obo-spa' },
      user: 'Łukasz Dąbrowski',
    });
  });

  test('an exchange: who asked, on behalf of whom, for what, and both tokens without signatures', async () => {
    const { access_token } = await signInToSpa(tenant);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { body } = await requestToken(
      tenant,
      { ...onBehalfOf(tenant, access_token), 'client-request-id': correlationId },
      { traceparent },
    );
    const { messages } = await recorded(1, `?correlationId=${correlationId}`);
    const issued = decodeJwt(String(body.access_token));
    expect(messages[0]).toMatchObject({
      kind: 'token',
      status: 200,
      client: { name: 'obo-middle-tier-api' },
      user: 'Łukasz Dąbrowski',
      resource: 'obo-downstream-api',
      scopes: ['Leave.Read', 'Leave.ReadWrite'],
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parameters: { requested_token_use: 'on_behalf_of', assertion: '(removed)', client_secret: '(removed)' },
      tokens: [
        { use: 'presented', audience: 'obo-middle-tier-api', claims: { aud: tenant.apps.middleTier } },
        { use: 'issued', audience: 'obo-downstream-api', claims: { aud: issued.aud, uti: issued.uti } },
      ],
    });
  });

  test('a rejected exchange with its AADSTS number', async () => {
    const { access_token } = await signInToSpa(tenant);
    tenant.forgetConsents();
    await requestToken(tenant, {
      ...onBehalfOf(tenant, access_token),
      'client-request-id': correlationId,
    });
    const { messages } = await recorded(1, `?correlationId=${correlationId}`);
    expect(messages[0]).toMatchObject({
      status: 400,
      user: 'Łukasz Dąbrowski',
      resource: 'obo-downstream-api',
      error: { number: 65001, code: 'invalid_grant' },
    });
    const page = await fetch(`${tenant.baseUrl}/local-tenant/errors/65001`);
    expect(await page.text()).toMatch(/^# AADSTS65001\n/);
    expect((await fetch(`${tenant.baseUrl}/local-tenant/errors/toString`)).status).toBe(404);
  });

  test('a call to Graph by the correlation ID of the middle tier, with the token that it carried', async () => {
    const { access_token } = await signInToSpa(tenant);
    const scope = 'https://graph.microsoft.com/User.Read';
    const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token, { scope }));
    await fetch(`${tenant.graphBaseUrl}/me`, {
      headers: { Authorization: `Bearer ${body.access_token}`, 'X-Correlation-Id': correlationId },
    });
    const { messages } = await recorded(1, `?correlationId=${correlationId}`);
    expect(messages[0]).toMatchObject({
      kind: 'graph',
      path: '/graph/v1.0/me',
      client: { name: 'obo-middle-tier-api' },
      user: 'Łukasz Dąbrowski',
      resource: 'Microsoft Graph',
      tokens: [
        {
          use: 'presented',
          audience: 'Microsoft Graph',
          claims: { uti: decodeJwt(String(body.access_token)).uti },
        },
      ],
    });
  });

  test.each([
    ['discovery', '/common/v2.0/.well-known/openid-configuration'],
    ['keys', '/common/discovery/v2.0/keys'],
  ])('%s, without a correlation ID', async (kind, path) => {
    await fetch(`${tenant.baseUrl}${path}`);
    expect((await recorded(1)).messages).toMatchObject([{ kind, path, status: 200, correlationId: null }]);
  });

  test('neither the control room’s own requests nor unknown paths', async () => {
    for (const path of ['/', '/readyz', '/local-tenant/users', '/control-room/room.js', '/common/nothing'])
      await fetch(`${tenant.baseUrl}${path}`);
    await fetch(`${tenant.baseUrl}/common/discovery/v2.0/keys`);
    expect((await recorded(1)).messages).toMatchObject([{ kind: 'keys' }]);
  });
});

describe('never records', () => {
  const jwt = `${['{"alg":"RS256"}', '{"aud":"an-audience"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.${'c2lnbmF0dXJl'.repeat(5)}`;
  const hidden = 'Hidden~value.of.this.test/+=';
  const token = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    requestToken(tenant, { client_id: tenant.apps.middleTier, ...form }, headers);

  test.each<[what: string, send: () => Promise<unknown>, secrets: string[]]>([
    ...[
      'assertion',
      'client_assertion',
      'client_secret',
      'code',
      'code_verifier',
      'device_code',
      'login_hint',
      'password',
      'refresh_token',
      'state',
      'unknown_parameter',
    ].map((name): [string, () => Promise<unknown>, string[]] => [
      `the parameter ${name}`,
      () => token({ grant_type: 'authorization_code', [name]: hidden }),
      [hidden],
    ]),
    [
      'a secret in the query of the token endpoint',
      () => postForm(`${tenant.authorityMetadata.token_endpoint}?client_secret=${hidden}`, {}),
      [hidden],
    ],
    [
      'a secret sent by HTTP Basic',
      () =>
        token(
          { grant_type: 'client_credentials' },
          { Authorization: `Basic ${Buffer.from(`${tenant.apps.middleTier}:${hidden}`).toString('base64')}` },
        ),
      [hidden, Buffer.from(hidden).toString('base64').slice(2, -4)],
    ],
    ['a secret in place of the client ID', () => token({ grant_type: 'x', client_id: hidden }), [hidden]],
    ['a token in place of a scope', () => token({ grant_type: 'x', scope: jwt }), [jwt, jwt.slice(0, 40)]],
    [
      'a token in a path',
      () => fetch(`${tenant.graphBaseUrl}/users/${jwt}`, { headers: { Authorization: `Bearer ${jwt}` } }),
      [jwt, jwt.slice(-40)],
    ],
    [
      'the signature of an assertion, and claims with unknown names',
      () =>
        token({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ aud: jwt, secret: hidden })).toString('base64url')}.${'c2lnbmF0dXJl'.repeat(5)}`,
        }),
      [hidden, 'c2lnbmF0dXJl', jwt],
    ],
    [
      'a cookie',
      () => fetch(`${tenant.baseUrl}/common/discovery/v2.0/keys`, { headers: { Cookie: hidden } }),
      [hidden],
    ],
  ])('%s', async (_what, send, secrets) => {
    await send();
    const text = JSON.stringify(await recorded(1));
    for (const one of secrets) expect(text).not.toContain(one);
  });

  test('what a whole sign-in and its exchanges are made of', async () => {
    const browser = openBrowser(tenant);
    await browser.authorize({ client_info: '1' });
    await enterPassword(browser);
    const { answer } = await browser.submit('consent', { consent: 'accept' });
    const signedIn = await signInToSpa(tenant);
    const { body } = await requestToken(
      tenant,
      onBehalfOf(tenant, signedIn.access_token, {
        scope: `api://${tenant.apps.downstream}/.default offline_access`,
      }),
    );
    await requestToken(tenant, clientCredentials(tenant));
    const file = await fetch(`${tenant.baseUrl}/local-tenant/messages/file`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename=local-tenant-messages.json');
    await recorded(8);
    const text = (await (await fetch(file.url)).text()) + JSON.stringify(await recorded(8));
    const jwts = [signedIn.access_token, signedIn.id_token, String(body.access_token)];
    for (const one of [
      ...jwts.flatMap((one) => one?.split('.') ?? ''),
      answer.code,
      signedIn.refresh_token,
      body.refresh_token,
      secret,
      password,
    ]) {
      expect(one).toBeTruthy();
      expect(text).not.toContain(String(one));
    }
  });
});

describe('is bounded', () => {
  const startSmall = async (recording: { messages?: number; characters?: number } | false) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    server.on('request', (await createLocalTenant({ baseUrl, dataDirectory: null, recording })).app);
    return { baseUrl, [Symbol.dispose]: () => void server.close().closeAllConnections() };
  };
  const ask = async (baseUrl: string, times: number) => {
    for (let index = 0; index < times; index += 1) await fetch(`${baseUrl}/common/discovery/v2.0/keys`);
  };

  test('in the number of messages: the oldest are removed', async () => {
    using small = await startSmall({ messages: 3 });
    await ask(small.baseUrl, 5);
    await expect.poll(async () => (await recorded(0, '', small.baseUrl)).recording.removed).toBe(2);
    expect((await recorded(3, '', small.baseUrl)).messages.map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  test('in size', async () => {
    using small = await startSmall({ characters: 1_000 });
    await ask(small.baseUrl, 8);
    await expect
      .poll(async () => (await recorded(0, '', small.baseUrl)).recording.removed)
      .toBeGreaterThan(3);
    expect(JSON.stringify((await recorded(1, '', small.baseUrl)).messages).length).toBeLessThan(1_100);
  });

  test('in the length of each field', async () => {
    const long = 'x'.repeat(50_000);
    await requestToken(tenant, { grant_type: long, client_id: tenant.apps.spa, scope: long, claims: long });
    expect(JSON.stringify((await recorded(1)).messages).length).toBeLessThan(5_000);
  });

  test('and can be off', async () => {
    using small = await startSmall(false);
    await ask(small.baseUrl, 1);
    expect(await recorded(0, '', small.baseUrl)).toMatchObject({ recording: { state: 'off' }, messages: [] });
  });
});

describe('can be', () => {
  const askForKeys = () => fetch(`${tenant.baseUrl}/common/discovery/v2.0/keys`);

  test('paused, continued and cleared', async () => {
    await askForKeys();
    await recorded(1);
    expect(await (await change('PUT', '/recording', { paused: true })).json()).toEqual({ state: 'paused' });
    await askForKeys();
    await change('PUT', '/recording', { paused: false });
    await fetch(`${tenant.baseUrl}/common/v2.0/.well-known/openid-configuration`);
    expect((await recorded(2)).messages.map(({ kind }) => kind)).toEqual(['keys', 'discovery']);
    expect((await change('DELETE', '/messages')).status).toBe(204);
    expect((await recorded(0)).messages).toEqual([]);
    expect((await change('PUT', '/recording', { paused: 'maybe' })).status).toBe(400);
  });

  test('followed live: messages, and changes of the recording', async () => {
    const stream = await fetch(`${tenant.baseUrl}/local-tenant/events`);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    let text = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream.body ?? []) text += decoder.decode(chunk, { stream: true });
    })().catch(() => {});
    await expect.poll(() => text).toMatch(/event: connected\ndata: \{"start":"[0-9a-f-]{36}"\}\n\n/);
    await askForKeys();
    await expect.poll(() => text).toMatch(/event: message\ndata: \{"id":1,.*"kind":"keys".*\}\n\n/);
    await change('PUT', '/recording', { paused: true });
    await change('DELETE', '/messages');
    await expect.poll(() => text).toContain('event: recording\ndata: {"state":"paused"}\n\nevent: cleared\n');
    await change('PATCH', '/lifetimes', { accessToken: 600 });
    await expect
      .poll(() => text)
      .toContain('event: switch\ndata: {"method":"PATCH","path":"/lifetimes"}\n\n');
    close();
    await reading;
  });
});
