import type { RequestListener, Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { GraphClient, type GraphClientOptions } from '../src/tenant/graph-client.ts';
import { close, listen } from '../testing/running-tenant.ts';

const token = 'the-access-token';
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(close));
});

/** Starts a server that gives these answers in turn, then repeats the last, and a client that records its pauses. */
async function clientFor(
  answers: readonly { status: number; body?: unknown; headers?: Record<string, string> }[],
  options: Partial<GraphClientOptions> = {},
) {
  const paths: (string | undefined)[] = [];
  const { client, server, origin, pauses } = await clientOf((request, response) => {
    paths.push(request.url);
    const { status, body, headers } = answers[Math.min(paths.length, answers.length) - 1] ?? { status: 500 };
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  }, options);
  servers.push(server);
  return { client, origin, pauses, paths };
}

async function clientOf(listener: RequestListener, options: Partial<GraphClientOptions>) {
  const { server, origin } = await listen(listener);
  const pauses: number[] = [];
  const client = new GraphClient({
    baseUrl: `${origin}/v1.0`,
    getToken: async () => token,
    pause: async (milliseconds) => pauses.push(milliseconds),
    ...options,
  });
  return { client, server, origin, pauses };
}

const graphError = (code: string) => ({ error: { code, message: 'Because.' } });
const missing = { status: 404, body: graphError('Request_ResourceNotFound') };

describe('waits and retries', () => {
  test('for as long as Retry-After says when it is throttled', async () => {
    const throttled = { status: 429, body: graphError('TooManyRequests'), headers: { 'Retry-After': '7' } };
    const { client, pauses } = await clientFor([throttled, { status: 200, body: { id: 'x' } }]);
    expect(await client.get('/organization')).toEqual({ id: 'x' });
    expect(pauses).toEqual([7000]);
  });

  test('for what the directory has not replicated yet', async () => {
    const { client, pauses } = await clientFor([missing, missing, { status: 200, body: { id: 'x' } }]);
    expect(await client.get('/applications/x')).toEqual({ id: 'x' });
    expect(pauses).toEqual([500, 1000]);
  });

  test('for a service principal whose application has not been replicated yet', async () => {
    const early = { status: 400, body: graphError('NoBackingApplicationObject') };
    const { client, pauses } = await clientFor([early, { status: 201, body: { id: 'x' } }]);
    await client.post('/servicePrincipals', {});
    expect(pauses).toHaveLength(1);
  });

  test('but no longer than its patience', async () => {
    const { client, pauses } = await clientFor([missing], { patience: 4_000 });
    await expect(client.get('/applications/x')).rejects.toThrow(/Request_ResourceNotFound/);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(4_000);
  });

  test('but not for an error that a retry cannot fix', async () => {
    const { client, pauses } = await clientFor([{ status: 400, body: graphError('Request_BadRequest') }]);
    await expect(client.patch('/applications/x', {})).rejects.toThrow(/Request_BadRequest: Because\./);
    expect(pauses).toEqual([]);
  });
});

test('returns null for what it does not find', async () => {
  const { client } = await clientFor([missing]);
  expect(await client.find('/applications/x')).toBeNull();
});

test.each([
  ['an HTML page', '<html>Not found</html>'],
  ['JSON of another service', { message: 'no route' }],
])('does not take a 404 with %s for a statement that nothing is there', async (_what, body) => {
  const { client } = await clientFor([{ status: 404, body }]);
  await expect(client.find('/applications/x')).rejects.toThrow(/not from Microsoft Graph/);
  await expect(client.delete('/applications/x')).rejects.toThrow(/not from Microsoft Graph/);
});

describe('reports, without the token,', () => {
  test.each([
    [
      'that no server answers',
      { isGone: true, deadline: 5000 },
      /no answer from http.*ECONNREFUSED.*Check that it is running/s,
    ],
    [
      'that it took too long',
      { isGone: false, deadline: 50 },
      /no answer from http.*ECONNABORTED.*took too long/s,
    ],
  ])('%s', async (_what, { isGone, deadline }, words) => {
    const { client, server } = await clientOf(() => {}, { deadline });
    if (isGone) await close(server);
    else servers.push(server);
    const error = await client
      .post('/applications', { secret: 'in-the-body' })
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(words);
    const everything = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(everything).not.toContain(token);
    expect(everything).not.toContain('in-the-body');
    expect(error).not.toHaveProperty('cause');
  });

  test('that the response is not from Graph', async () => {
    const { client } = await clientFor([{ status: 502, body: '<html>Bad gateway</html>' }]);
    await expect(client.get('/organization')).rejects.toThrow(
      /HTTP 502: the response is not from Microsoft Graph/,
    );
  });

  test('the request-id', async () => {
    const { client } = await clientFor([
      { status: 403, body: graphError('Authorization_RequestDenied'), headers: { 'request-id': 'abc-123' } },
    ]);
    await expect(client.get('/organization')).rejects.toMatchObject({ requestId: 'abc-123', status: 403 });
  });
});

describe('never sends the token to another origin', () => {
  test('for a redirect', async () => {
    const elsewhere = await clientFor([{ status: 200 }]);
    const { client } = await clientFor([{ status: 302, headers: { Location: elsewhere.origin } }]);
    await expect(client.get('/organization')).rejects.toThrow(/HTTP 302/);
    expect(elsewhere.paths).toEqual([]);
  });

  test('for an absolute URL', async () => {
    const elsewhere = await clientFor([{ status: 200 }]);
    const { client, paths } = await clientFor([{ status: 200 }]);
    await client.get(`${elsewhere.origin}/v1.0/organization`);
    expect(elsewhere.paths).toEqual([]);
    expect(paths).toHaveLength(1);
  });
});
