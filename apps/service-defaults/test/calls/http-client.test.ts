import type { RequestListener, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';
import { createHttpClient } from '../../src/calls/http-client.ts';
import { describeError } from '../../src/observability/describe-error.ts';
import { startTcpUpstream, startUpstream } from './upstream.ts';

const token = 'eyJhbGciOiJub25lIn0.c2VjcmV0.';
const headers = { Authorization: `Bearer ${token}` };

async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CallFailed) return error;
  throw new Error(`The call did not fail as a call does: ${inspect(error)}`);
}

const answer =
  (status: number, more: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, more).end('{}');

describe('a call whose target', () => {
  const clientOf = (baseUrl: string) => createHttpClient({ baseUrl, deadline: 300, connectDeadline: 100 });

  const never = (): void => {};
  const half = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"half":');
  };
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));

  test.each<[string, string, RequestListener]>([
    ['resets the connection', 'unreachable', (request) => void request.socket.resetAndDestroy()],
    [
      'breaks off within the response',
      'unreachable',
      (request, response) => {
        half(response);
        setImmediate(() => request.socket.destroy());
      },
    ],
    ['sends nothing', 'timed_out', never],
    ['stops within the response', 'timed_out', (_request, response) => half(response)],
    ['answers 500', 'failing', answer(500)],
    ['answers 503', 'failing', answer(503)],
    ['answers 429', 'throttled', answer(429)],
    ['answers 304', 'answer_invalid', answer(304)],
    ['answers 3 MB', 'answer_invalid', (_request, response) => void response.end(Buffer.alloc(3_145_728))],
    [
      'answers 8 kB that unpack to 8 MB',
      'answer_invalid',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    ],
    ['lies about its encoding', 'answer_invalid', answer(200, { 'content-encoding': 'gzip' })],
  ])('%s fails as %s, and reveals nothing of the token', async (_title, reason, listener) => {
    const { url } = await startUpstream(listener);
    const failure = await failureOf(clientOf(url).call({ url: '/', headers }));
    expect(failure.reason).toBe(reason);
    expect(inspect(failure, { depth: 9 })).not.toContain(token);
    expect(JSON.stringify(describeError(failure))).toContain(`"reason":"${reason}"`);
  });

  test('does not exist fails as unreachable', async () => {
    expect(await failureOf(clientOf('http://127.0.0.1:1').call({ url: '/' }))).toMatchObject({
      reason: 'unreachable',
      code: 'ECONNREFUSED',
    });
  });

  test('speaks another protocol fails as answer_invalid', async () => {
    const url = await startTcpUpstream((socket) => socket.end('220 smtp.example ESMTP\r\n'));
    expect((await failureOf(clientOf(url).call({ url: '/' }))).reason).toBe('answer_invalid');
  });

  test('never completes its TLS handshake fails at the connect deadline', async () => {
    const url = await startTcpUpstream(never);
    const client = createHttpClient({
      baseUrl: url.replace('http:', 'https:'),
      deadline: 20_000,
      connectDeadline: 100,
    });
    expect(await failureOf(client.call({ url: '/', method: 'POST' }))).toMatchObject({
      reason: 'unreachable',
      code: 'ETIMEDOUT',
    });
  });

  test('redirects elsewhere fails as answer_invalid, and no request goes there', async () => {
    const elsewhere = await startUpstream(answer(200));
    const { url } = await startUpstream(answer(307, { location: elsewhere.url }));
    expect((await failureOf(clientOf(url).call({ url: '/', headers }))).reason).toBe('answer_invalid');
    expect(elsewhere.received()).toBe(0);
  });

  test('cannot be changed by an absolute URL in the path', async () => {
    const elsewhere = await startUpstream(answer(200));
    const upstream = await startUpstream(answer(200));
    await clientOf(upstream.url).call({ url: `${elsewhere.url}/x`, headers });
    expect([upstream.received(), elsewhere.received()]).toEqual([1, 0]);
  });
});

describe('a call that succeeds', () => {
  /** Answers with what it was asked. */
  const echo: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { method, url, headers: sent } = request;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method, url, sent, body }));
    });
  };

  test('sends the axios request, and asks for an uncompressed response', async () => {
    const { url } = await startUpstream(echo);
    const client = createHttpClient({ baseUrl: `${url}/v1.0`, deadline: 2_000 });
    const read = await client.call({
      url: '/me',
      params: { $select: 'displayName,mail', q: 'a b' },
      headers,
    });
    expect(read.data).toMatchObject({
      method: 'GET',
      url: '/v1.0/me?$select=displayName,mail&q=a+b',
      sent: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, text/plain, */*',
        'accept-encoding': 'identity',
      },
      body: '',
    });
    const written = await client.call({ url: 'leave', method: 'POST', data: { note: 'Zürich' } });
    expect(written.data).toMatchObject({
      method: 'POST',
      url: '/v1.0/leave',
      sent: { 'content-type': 'application/json', 'content-length': '18' },
      body: '{"note":"Zürich"}',
    });
  });

  test.each([
    ['JSON', '{"a":"ü"}', {}, { a: 'ü' }],
    ['text', 'plain', {}, 'plain'],
    ['nothing', '', {}, ''],
    ['bytes', 'bytes', { responseType: 'arraybuffer' } as const, Buffer.from('bytes')],
  ])('returns %s in the requested form', async (_title, body, request, data) => {
    const { url } = await startUpstream((_request, response) => void response.end(body));
    const client = createHttpClient({ baseUrl: url, deadline: 2_000 });
    expect((await client.call({ url: '/', ...request })).data).toEqual(data);
  });

  test('reuses connections', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await startUpstream((request, response) => {
      ports.add(request.socket.remotePort);
      setImmediate(() => response.end('{}'));
    });
    const client = createHttpClient({ baseUrl: url, deadline: 5_000 });
    for (let call = 0; call < 10; call += 1) await client.call({ url: '/' });
    // undici lets a connection rest for a moment after an answer.
    expect(ports.size).toBeLessThanOrEqual(2);
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => client.call({ url: '/' })));
    expect(ports.size).toBeLessThanOrEqual(40);
  });

  test('opens at most 256 connections, and serves the waiting calls', async () => {
    let [open, most] = [0, 0];
    const { url } = await startUpstream((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end('{}');
      }, 20);
    });
    const client = createHttpClient({ baseUrl: url, deadline: 20_000 });
    await Promise.all(Array.from({ length: 600 }, () => client.call({ url: '/' })));
    expect(most).toBeLessThanOrEqual(256);
  });
});

describe('a client that is closed', () => {
  test('breaks off the calls under way', async () => {
    const { url } = await startUpstream(() => {});
    const client = createHttpClient({ baseUrl: url, deadline: 20_000 });
    const failure = failureOf(client.call({ url: '/', method: 'POST' }));
    await client.close();
    expect((await failure).reason).toBe('unreachable');
  });
});

describe('a call that fails', () => {
  const withKey = { headers: { 'Idempotency-Key': crypto.randomUUID() } };
  const longAgo = new Date(Date.now() - 86_400_000).toUTCString();
  const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();

  test.each([
    ['GET', {}, 502, {}, 2],
    ['GET', {}, 503, {}, 2],
    ['GET', {}, 504, {}, 2],
    ['GET', {}, 429, {}, 2],
    ['DELETE', {}, 503, {}, 2],
    ['POST', withKey, 503, {}, 2],
    ['POST', {}, 503, {}, 1],
    ['PATCH', {}, 503, {}, 1],
    ['GET', {}, 500, {}, 1],
    ['GET', {}, 501, {}, 1],
    ['GET', {}, 404, {}, 1],
    ['GET', {}, 401, {}, 1],
    ['GET', {}, 429, { 'retry-after': '0' }, 2],
    ['GET', {}, 429, { 'retry-after': longAgo }, 2],
    ['GET', {}, 429, { 'retry-after': 'soon' }, 2],
    ['GET', {}, 429, { 'retry-after': '-1' }, 2],
    ['GET', {}, 429, { 'retry-after': '60' }, 1],
    ['GET', {}, 503, { 'retry-after': tomorrow }, 1],
  ])('%s %j is, after %i with %j, made %i times in all', async (method, more, status, sent, times) => {
    const upstream = await startUpstream(answer(status, sent));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 2_000 });
    await client.call({ url: '/', method, ...more }).catch(() => undefined);
    expect(upstream.received()).toBe(times);
  });

  test('passes on Retry-After, in seconds', async () => {
    const { url } = await startUpstream(answer(503, { 'retry-after': '60' }));
    const client = createHttpClient({ baseUrl: url, deadline: 2_000 });
    expect(await failureOf(client.call({ url: '/' }))).toMatchObject({ status: 503, retryAfter: 60 });
  });

  test('succeeds if the second attempt does', async () => {
    const upstream = await startUpstream((request, response) => {
      if (upstream.received() === 1) request.socket.resetAndDestroy();
      else response.end('{"whole":true}');
    });
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 2_000 });
    expect((await client.call({ url: '/' })).data).toEqual({ whole: true });
  });

  test('with a timeout is not retried', async () => {
    const upstream = await startUpstream(() => {});
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 100 });
    await failureOf(client.call({ url: '/' }));
    expect(upstream.received()).toBe(1);
  });

  test('with 200 others causes no storm: at most ten retries, and a tenth of all calls', async () => {
    const upstream = await startUpstream(answer(429));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 2_000 });
    for (let round = 0; round < 4; round += 1)
      await Promise.all(Array.from({ length: 50 }, () => failureOf(client.call({ url: '/' }))));
    expect(upstream.received()).toBeGreaterThan(200);
    expect(upstream.received()).toBeLessThanOrEqual(200 + 10 + 20);
  });
});
