import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CallFailed } from '@obo/service-defaults/calls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClientCredential } from '../src/client-credential/client-credential.ts';
import { createManagedIdentity } from '../src/client-credential/managed-identity.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

// MSAL looks for the endpoint once per process, and caches tokens in the process by the identity's client ID. So where this
// file runs several times in one process, the endpoint stays at the same port.
const port = Symbol.for('port of the managed identity endpoint');
let answer: Answer;
const requests: URL[] = [];
const server = createServer((request, response) => {
  requests.push(new URL(request.url ?? '', 'http://endpoint'));
  answer(request, response);
});

beforeAll(async () => {
  server.listen(Reflect.get(globalThis, port) ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  Reflect.set(globalThis, port, typeof address === 'object' ? address?.port : undefined);
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${Reflect.get(globalThis, port)}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'header-of-the-platform');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await once(server.close(), 'close');
});
beforeEach(() => {
  requests.length = 0;
  answer = token();
});
afterEach(() => void vi.useRealTimers());

const json = (status: number, body: unknown, headers = {}): Answer => {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
};
let issued = 0;
/** Issues a new token each time. */
const token =
  (lifetime = 3600): Answer =>
  (request, response) => {
    issued += 1;
    const expires_on = Math.floor(Date.now() / 1000) + lifetime;
    json(200, {
      access_token: `token.number.${issued}`,
      expires_on: String(expires_on),
      resource: 'api://AzureADTokenExchange',
      token_type: 'Bearer',
    })(request, response);
  };

const identity = (times: { deadline?: number; circuitPause?: number } = {}, clientId = crypto.randomUUID()) =>
  createManagedIdentity({ clientId, audience: 'api://AzureADTokenExchange', deadline: 2000, ...times });

/** Returns the reason why the request for a token failed. */
const failure = (assertion: Promise<string>) =>
  assertion.then(
    () => 'none',
    (error: unknown) => (error instanceof CallFailed ? error.reason : error),
  );

test('a token is requested from the endpoint of the platform, with its header, and cached', async () => {
  let header: string | string[] | undefined;
  const give = token();
  answer = (request, response) => {
    header = request.headers['x-identity-header'];
    give(request, response);
  };
  const clientId = crypto.randomUUID();
  const { assertion, state } = identity({}, clientId);
  const first = await assertion();
  expect(await assertion()).toBe(first);
  expect(requests).toHaveLength(1);
  expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
    'api-version': '2019-08-01',
    resource: 'api://AzureADTokenExchange',
    client_id: clientId,
  });
  expect(header).toBe('header-of-the-platform');
  expect(state()).toBe('answering');
});

test('simultaneous calls share one request', async () => {
  const { assertion } = identity();
  const assertions = await Promise.all(Array.from({ length: 20 }, assertion));
  expect(new Set(assertions).size).toBe(1);
  expect(requests).toHaveLength(1);
});

test('a token that has expired is replaced', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { assertion } = identity();
  const first = await assertion();
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(await assertion()).not.toBe(first);
});

describe('when the endpoint fails', () => {
  const hang: Answer = () => {};
  const reset: Answer = (request) => request.socket.destroy();
  const page: Answer = (_request, response) => void response.writeHead(200).end('<html></html>');

  test.each<[string, string, Answer, number]>([
    ['does not respond', 'timed_out', hang, 1],
    ['closes the connection', 'unreachable', reset, 2],
    ['returns 500', 'failing', json(500, {}), 1],
    ['returns 503', 'failing', json(503, {}), 2],
    ['returns 404, as it does while it starts', 'failing', json(404, {}), 1],
    ['returns 410, as it does while it is updated', 'failing', json(410, {}), 1],
    ['throttles', 'throttled', json(429, {}, { 'Retry-After': '60' }), 1],
    ['returns an HTML page', 'answer_invalid', page, 1],
    ['returns no token', 'answer_invalid', json(200, { expires_on: '9999999999' }), 1],
    [
      'returns an empty token',
      'answer_invalid',
      json(200, { access_token: '', expires_on: '9999999999', token_type: 'Bearer' }),
      1,
    ],
  ])('and %s, the call fails in time, and the next one may succeed', async (_what, reason, fault, tries) => {
    const { assertion } = identity({ deadline: 250 });
    answer = fault;
    expect(await failure(assertion())).toBe(reason);
    expect(requests).toHaveLength(tries);
    answer = token();
    expect(await failure(assertion())).toBe('none');
  });

  test('it is not called again after ten failures', async () => {
    const { assertion, state } = identity({ circuitPause: 60_000 });
    answer = json(500, {});
    for (let time = 0; time < 10; time += 1) expect(await failure(assertion())).toBe('failing');
    expect(await failure(assertion())).toBe('circuit_open');
    expect(state()).toBe('circuit_open');
    expect(requests).toHaveLength(10);
  });

  test('half-way through the lifetime of a token, that token is used until it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    answer = token(24 * 3600);
    const { assertion } = identity();
    const first = await assertion();
    vi.setSystemTime(Date.now() + 13 * 3_600_000);
    answer = json(500, {});
    expect(await assertion()).toBe(first);
    expect(requests).toHaveLength(2);
    vi.setSystemTime(Date.now() + 11 * 3_600_000 - 61_000);
    expect(await assertion()).toBe(first);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await failure(assertion())).toBe('failing');
  });
});

test('a rejection is no failure of the endpoint: this machine does not have the identity', async () => {
  answer = json(400, { error: 'invalid_request', error_description: 'Identity not found' });
  const { assertion, state } = identity();
  expect(await failure(assertion())).toMatchObject({ errorCode: 'invalid_request' });
  expect(state()).toBe('unknown');
});

describe('as the credential of an exchange,', () => {
  async function load() {
    const credential = createClientCredential(
      { kind: 'managed_identity', clientId: crypto.randomUUID(), audience: 'api://AzureADTokenExchange' },
      { deadline: 2000 },
    );
    const { clientAssertion } = await credential.forExchange();
    if (typeof clientAssertion !== 'function') throw new Error('MSAL gets no function that returns a token');
    return { ...credential, assertion: () => clientAssertion({ clientId: '' }) };
  }

  test('its token is the assertion', async () => {
    const { assertion, ready, dependencies } = await load();
    expect(dependencies.managed_identity?.()).toBe('unknown');
    expect(await assertion()).toBe(`token.number.${issued}`);
    expect(await ready()).toBe(true);
    expect(dependencies.managed_identity?.()).toBe('answering');
  });

  test.each<[string, Answer, object]>([
    [
      'fails',
      json(503, {}),
      { code: 'identity_provider_unavailable', status: 503, extensions: { dependency: 'managed_identity' } },
    ],
    ['returns no token', json(200, {}), { code: 'identity_configuration', status: 500 }],
  ])('an endpoint that %s is reported, and the API is not ready', async (_what, fault, problem) => {
    const { assertion, ready } = await load();
    answer = fault;
    await expect(assertion()).rejects.toMatchObject(problem);
    await expect(ready()).rejects.toBeInstanceOf(CallFailed);
  });
});
