import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { origin, type SampleService, startSampleService } from '../../testing/sample-service.ts';

const other = 'http://localhost:3000';
let service: SampleService;
beforeAll(async () => {
  service = await startSampleService({ allowedOrigins: [origin, other] });
});
afterAll(() => service.close());

const corsHeadersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

const preflight = (from: string, method: string, headers?: string) =>
  fetch(`${service.url}/notes`, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': method,
      ...(headers === undefined ? {} : { 'access-control-request-headers': headers }),
    },
  });

describe('a browser (Fetch standard, CORS protocol)', () => {
  test.each([origin, other])('may read answers at %s, and what headers say', async (allowed) => {
    const response = await fetch(`${service.url}/notes`, { headers: { origin: allowed } });
    expect(response.status).toBe(401);
    expect(corsHeadersOf(response)).toEqual({
      'access-control-allow-origin': allowed,
      'access-control-expose-headers':
        'WWW-Authenticate,Server-Timing,Retry-After,RateLimit,RateLimit-Policy,x-correlation-id',
    });
    expect(response.headers.get('vary')).toBe('Origin');
  });

  test.each([
    ['another scheme', 'http://app.example.com'],
    ['another port', 'https://app.example.com:8443'],
    ['the default port written out', 'https://app.example.com:443'],
    ['a subdomain', 'https://evil.app.example.com'],
    ['a parent domain', 'https://example.com'],
    ['a suffix', 'https://app.example.com.evil.example'],
    ['a prefix', 'https://evil-app.example.com'],
    ['another letter where a pattern would match', 'https://appXexample.com'],
    ['upper case', 'HTTPS://APP.EXAMPLE.COM'],
    ['a path', 'https://app.example.com/'],
    ['two origins', `${origin} ${other}`],
    ['two origins with a comma', `${origin},${other}`],
    ['null, as a sandboxed frame or a file has', 'null'],
    ['an asterisk', '*'],
    ['nothing', ''],
  ])('may not at an origin with %s', async (_title, denied) => {
    const response = await fetch(`${service.url}/notes`, { headers: { origin: denied } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('vary')).toBe('Origin');
    expect((await preflight(denied, 'GET')).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('never sends cookies along', async () => {
    expect(corsHeadersOf(await preflight(origin, 'GET'))).not.toHaveProperty(
      'access-control-allow-credentials',
    );
  });
});

describe('a preflight', () => {
  test('lists the methods and headers there are, whatever was asked for, and is kept for ten minutes', async () => {
    for (const response of [
      await preflight(origin, 'POST', 'authorization,content-type,idempotency-key'),
      await preflight(origin, 'PUT', 'x-evil'),
      await preflight(origin, 'TRACE'),
      await preflight(origin, '<script>', '<script>'),
    ]) {
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      expect(corsHeadersOf(response)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET,POST,DELETE',
        'access-control-allow-headers':
          'Authorization,Content-Type,Idempotency-Key,traceparent,x-correlation-id',
        'access-control-max-age': '600',
      });
    }
  });

  test('needs no token', async () => {
    expect((await preflight(origin, 'GET', 'authorization')).status).toBe(204);
  });
});

test('a service that no browser calls answers no origin', async () => {
  const internal = await startSampleService();
  try {
    const init = { headers: { origin, 'access-control-request-method': 'GET' } };
    for (const method of ['GET', 'OPTIONS']) {
      const response = await fetch(`${internal.url}/notes`, { method, ...init });
      expect(corsHeadersOf(response)).toEqual({});
    }
  } finally {
    await internal.close();
  }
});
