import { listen } from '@obo/service-defaults/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createNetworkClients, type NetworkClients } from '../src/network-client.ts';

let server: Awaited<ReturnType<typeof listen>>;
let answer: () => { status: number; body: string };
let requests: { method: string | undefined; body: string }[];
let clients: NetworkClients;

beforeAll(async () => {
  server = await listen(
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      requests.push({ method: request.method, body: Buffer.concat(chunks).toString() });
      const { status, body } = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    },
    { host: 'localhost', port: 0 },
  );
});
beforeEach(() => {
  requests = [];
  answer = () => ({ status: 200, body: '{}' });
  clients = createNetworkClients({ deadline: 2_000, circuitPause: 60_000 });
});
afterEach(async () => {
  vi.useRealTimers();
  await clients.close();
});
afterAll(() => server.close());

describe('a discovery document', () => {
  const issued = (issuer: string) => () => ({ status: 200, body: JSON.stringify({ issuer }) });
  const discover = (path = '/discovery') =>
    clients
      .forExchange('a user', undefined)
      .networkClient.sendGetRequestAsync<{ issuer: string }>(server.url + path);

  test('is requested once an hour for all exchanges', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    answer = issued('first');
    await discover();
    answer = issued('second');
    vi.setSystemTime(Date.now() + 3_600_000 - 1);
    expect(await discover()).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { issuer: 'first' },
    });
    vi.setSystemTime(Date.now() + 1);
    expect((await discover()).body).toEqual({ issuer: 'second' });
    expect(requests).toEqual([
      { method: 'GET', body: '' },
      { method: 'GET', body: '' },
    ]);
  });

  test('of one address is not that of another', async () => {
    answer = issued('first');
    await discover('/one');
    answer = issued('second');
    expect((await discover('/other')).body).toEqual({ issuer: 'second' });
  });

  test('is a copy for each exchange', async () => {
    answer = issued('first');
    await discover();
    const { body } = await discover();
    body.issuer = 'changed';
    expect((await discover()).body).toEqual({ issuer: 'first' });
    expect(requests).toHaveLength(1);
  });

  test('that could not be read is requested again', async () => {
    answer = () => ({ status: 404, body: '{"error":"unknown tenant"}' });
    expect(await discover()).toMatchObject({ status: 404, body: { error: 'unknown tenant' } });
    answer = issued('first');
    expect(await discover()).toMatchObject({ status: 200, body: { issuer: 'first' } });
  });
});

describe('a request for a token', () => {
  const body = 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer';
  const forUser = (userKey = 'a user') => clients.forExchange(userKey, undefined);
  const rejection = '{"error":"invalid_grant","error_codes":[65001]}';

  test('is sent as it is, and its response is kept in parts', async () => {
    answer = () => ({ status: 200, body: '{"access_token":"a.b.c","refresh_token":"r"}' });
    const { networkClient, outcome } = forUser();
    expect(await networkClient.sendPostRequestAsync(server.url, { body })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { access_token: 'a.b.c' },
    });
    expect(requests).toEqual([{ method: 'POST', body }]);
    expect(outcome).toEqual({ status: 200, failure: undefined, rejection: undefined, refreshToken: 'r' });
  });

  test.each([
    [200, false],
    [399, false],
    [400, true],
    [401, true],
  ])('with status %i and an error is rejected: %s', async (status, isRejected) => {
    answer = () => ({ status, body: rejection });
    const { networkClient, outcome } = forUser();
    await networkClient.sendPostRequestAsync(server.url, { body }).catch(() => {});
    expect(outcome.rejection !== undefined).toBe(isRejected);
    expect(clients.state()).toBe('answering');
  });

  test('that fails is read by MSAL like any other, and the outcome says why it failed', async () => {
    answer = () => ({ status: 500, body: '{"error":"server_error"}' });
    const { networkClient, outcome } = forUser();
    expect(await networkClient.sendPostRequestAsync(server.url, { body })).toMatchObject({
      status: 500,
      body: { error: 'server_error' },
    });
    expect(outcome).toMatchObject({ status: 500, failure: { reason: 'failing', status: 500 } });
  });

  test('is repeated once after a status that says that nothing was done', async () => {
    answer = () => ({ status: requests.length === 1 ? 503 : 200, body: '{}' });
    expect((await forUser().networkClient.sendPostRequestAsync(server.url, { body })).status).toBe(200);
    expect(requests).toHaveLength(2);
  });

  test('that gets no response fails, and says so', async () => {
    const { networkClient, outcome } = forUser();
    const closed = networkClient.sendPostRequestAsync('http://localhost:1', { body });
    await expect(closed).rejects.toMatchObject({ reason: 'unreachable' });
    expect(outcome).toMatchObject({ status: undefined, failure: { reason: 'unreachable' } });
  });

  test('of one user alone never stops those of others', async () => {
    answer = () => ({ status: 500, body: '{}' });
    for (let count = 0; count < 30; count += 1)
      await forUser()
        .networkClient.sendPostRequestAsync(server.url, { body })
        .catch(() => {});
    expect(clients.state()).not.toBe('circuit_open');
    const others = Array.from({ length: 10 }, (_, index) =>
      forUser(`user ${index}`)
        .networkClient.sendPostRequestAsync(server.url, { body })
        .catch(() => {}),
    );
    await Promise.all(others);
    expect(clients.state()).toBe('circuit_open');
  });
});
