import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../../testing/raw-connection.ts';
import { type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService();
});
afterAll(() => service.close());

const ask = async (method: string, path: string) => {
  const [answer] = await sendRaw(
    service.url,
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  return { ...answer, problem: answer?.body ? JSON.parse(answer.body) : undefined };
};

describe('a method that a route does not have', () => {
  test.each([
    ['PUT', '/notes'],
    ['PATCH', '/notes'],
    ['DELETE', '/notes'],
    ['TRACE', '/notes'],
    ['PROPFIND', '/notes'],
    ['QUERY', '/notes'],
    ['PURGE', '/notes'],
    ['M-SEARCH', '/notes'],
    ['POST', '/livez'],
    ['DELETE', '/openapi.json'],
  ])('is answered 405 with those it has: %s %s (RFC 9110, section 15.5.6)', async (method, path) => {
    const { status, headers, problem } = await ask(method, path);
    expect(status).toBe(405);
    expect(problem).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect(headers?.get('allow')).toBe(path === '/notes' ? 'GET, HEAD, OPTIONS, POST' : 'GET, HEAD, OPTIONS');
  });

  test('is not echoed by TRACE (ASVS 5, 13.4.4)', async () => {
    const [answer] = await sendRaw(
      service.url,
      'TRACE /nothing HTTP/1.1\r\nHost: x\r\nx-canary: parrot\r\nConnection: close\r\n\r\n',
    );
    expect(answer?.status).toBe(404);
    expect(JSON.stringify([answer?.body, ...(answer?.headers ?? [])])).not.toContain('parrot');
  });

  test.each(['GET\t', 'get', 'BREW', 'G\u0000ET', '<script>'])(
    'is malformed if it is no method at all: %j',
    async (method) => {
      const { status, problem } = await ask(method, '/notes');
      expect(status).toBe(400);
      expect(problem).toMatchObject({ code: 'invalid_request' });
    },
  );

  test('makes no tunnel: CONNECT is hung up on (RFC 9110, section 9.3.6)', async () => {
    expect(await sendRaw(service.url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toEqual([]);
  });

  test('does not come in by an override header', async () => {
    const response = await fetch(`${service.url}/notes`, {
      method: 'PUT',
      headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
    });
    expect(response.status).toBe(405);
  });
});

test('OPTIONS lists the methods of a route (RFC 9110, section 9.3.7)', async () => {
  const { status, headers } = await ask('OPTIONS', '/notes');
  expect(status).toBe(204);
  expect(headers?.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
});

test('HEAD is GET without its body (RFC 9110, section 9.3.2)', async () => {
  const response = await fetch(`${service.url}/livez`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

test('an unsupported upgrade is ignored (RFC 9110, section 7.8)', async () => {
  const [answer] = await sendRaw(
    service.url,
    'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
  );
  expect(answer?.status).toBe(200);
});

test('an unknown expectation is ignored (RFC 9110, section 10.1.1)', async () => {
  const [answer] = await sendRaw(
    service.url,
    'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: miracles\r\n\r\n',
  );
  expect(answer?.status).toBe(200);
});
