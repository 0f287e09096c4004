import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CallFailed } from '@obo/service-defaults/calls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createManagedIdentity } from '../src/client-credential/managed-identity.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

// MSAL finds the endpoint once in a process, and keeps tokens for the whole process by the identity's id.
let answer: Answer;
const requests: URL[] = [];
const server = createServer((request, response) => {
  requests.push(new URL(request.url ?? '', 'http://endpoint'));
  answer(request, response);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${port}/msi/token`);
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
/** Gives a new token each time. */
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

/** How the request for a token failed. */
const failure = (assertion: Promise<string>) =>
  assertion.then(
    () => 'none',
    (error: unknown) => (error instanceof CallFailed ? error.reason : error),
  );

test('asks the endpoint of the platform for the identity, with its header, and keeps the token', async () => {
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

test('calls at the same time share one request', async () => {
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
    ['is silent', 'timed_out', hang, 1],
    ['breaks off', 'unreachable', reset, 2],
    ['answers 500', 'failing', json(500, {}), 1],
    ['answers 503', 'failing', json(503, {}), 2],
    ['answers 404, as it does while it starts', 'failing', json(404, {}), 1],
    ['throttles', 'throttled', json(429, {}, { 'Retry-After': '60' }), 1],
    ['answers a page', 'answer_invalid', page, 1],
    ['answers without a token', 'answer_invalid', json(200, { expires_on: '9999999999' }), 1],
  ])('%s, it is said in time, and the next call may succeed', async (_what, reason, fault, tries) => {
    const { assertion } = identity({ deadline: 250 });
    answer = fault;
    expect(await failure(assertion())).toBe(reason);
    expect(requests).toHaveLength(tries);
    answer = token();
    expect(await failure(assertion())).toBe('none');
  });

  test('it is left alone after it failed ten times', async () => {
    const { assertion, state } = identity({ circuitPause: 60_000 });
    answer = json(500, {});
    for (let time = 0; time < 10; time += 1) expect(await failure(assertion())).toBe('failing');
    expect(await failure(assertion())).toBe('circuit_open');
    expect(state()).toBe('circuit_open');
    expect(requests).toHaveLength(10);
  });

  test('half-way through the life of a token, that token serves on', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    answer = token(24 * 3600);
    const { assertion } = identity();
    const first = await assertion();
    vi.setSystemTime(Date.now() + 13 * 3_600_000);
    answer = json(500, {});
    expect(await assertion()).toBe(first);
    expect(requests).toHaveLength(2);
    vi.setSystemTime(Date.now() + 12 * 3_600_000);
    expect(await failure(assertion())).toBe('failing');
  });
});

test('a refusal is no failure of the endpoint: the identity is not one of this machine', async () => {
  answer = json(400, { error: 'invalid_request', error_description: 'Identity not found' });
  const { assertion, state } = identity();
  expect(await failure(assertion())).toMatchObject({ errorCode: 'invalid_request' });
  expect(state()).toBe('unknown');
});
