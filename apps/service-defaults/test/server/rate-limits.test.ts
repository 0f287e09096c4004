import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  origin,
  type SampleOptions,
  type SampleService,
  startSampleService,
} from '../../testing/sample-service.ts';

async function serveForThisTest(options: SampleOptions = {}): Promise<SampleService> {
  const service = await startSampleService(options);
  onTestFinished(() => service.close());
  return service;
}

// The minute of a limit does not end meanwhile, however slow the machine is.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const ask = (service: SampleService, path: string, headers: Record<string, string> = {}) =>
  fetch(`${service.url}${path}`, { headers });

async function statusesOf(
  service: SampleService,
  requests: [path: string, headers?: Record<string, string>][],
) {
  const statuses: number[] = [];
  for (const [path, headers] of requests) statuses.push((await ask(service, path, headers)).status);
  return statuses;
}

describe('the limit per address', () => {
  test('is in every response, and rejects excess requests with 429 and Retry-After (RFC 6585, section 4)', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 2 });
    const first = await ask(service, '/openapi.json');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit')).toMatch(/^"address"; r=1; t=\d+$/);
    expect(first.headers.get('ratelimit-policy')).toMatch(/^"address"; q=2; w=60; pk=:.+:$/);
    expect(first.headers.get('x-ratelimit-limit')).toBeNull();
    expect((await ask(service, '/openapi.json')).status).toBe(200);

    const rejected = await ask(service, '/openapi.json');
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(rejected.headers.get('content-type')).toContain('application/problem+json');
    expect(await rejected.json()).toEqual({
      type: '/problems/too_many_requests',
      title: 'Too many requests',
      status: 429,
      code: 'too_many_requests',
      detail: expect.any(String),
      correlationId: rejected.headers.get('x-correlation-id'),
    });
  });

  test('counts requests without a route, and rejected ones', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 3 });
    expect(
      await statusesOf(service, [
        ['/nothing'],
        ['/notes'],
        ['/problems/not_found'],
        ['/notes', { authorization: 'Bearer x' }],
        ['/nothing'],
      ]),
    ).toEqual([404, 401, 200, 429, 429]);
  });

  test('does not apply to health checks, so that a busy instance is not mistaken for a dead one', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1 });
    expect(
      await statusesOf(service, [['/nothing'], ['/nothing'], ['/livez'], ['/livez'], ['/readyz']]),
    ).toEqual([404, 429, 200, 200, 200]);
  });

  test('does not count preflights, and lets browsers read the 429', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1, allowedOrigins: [origin] });
    const preflight = { origin, 'access-control-request-method': 'GET' };
    for (let count = 0; count < 3; count += 1)
      expect((await fetch(service.url, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
    await ask(service, '/nothing');
    const rejected = await ask(service, '/nothing', { origin });
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('access-control-allow-origin')).toBe(origin);
    expect(rejected.headers.get('access-control-expose-headers')?.split(',')).toEqual(
      expect.arrayContaining(['Retry-After', 'RateLimit', 'RateLimit-Policy']),
    );
  });

  test('resets after a minute', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1 });
    expect(await statusesOf(service, [['/nothing'], ['/nothing']])).toEqual([404, 429]);
    vi.setSystemTime(Date.now() + 60_001);
    expect(await statusesOf(service, [['/nothing'], ['/nothing']])).toEqual([404, 429]);
  });

  test('is off unless it is set', async () => {
    const service = await serveForThisTest();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(service, '/nothing')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });
});

describe('the address of a caller', () => {
  const rows: [title: string, hops: number, forwardedFor: string[], isOneCaller: boolean][] = [
    ['without a declared proxy, X-Forwarded-For is ignored', 0, ['192.0.2.1', '192.0.2.2'], true],
    ['behind one proxy, it is the one that the proxy appended', 1, ['192.0.2.1', '192.0.2.2'], false],
    [
      'behind one proxy, entries of the caller are ignored',
      1,
      ['192.0.2.8, 192.0.2.1', '192.0.2.9, 192.0.2.1'],
      true,
    ],
    [
      'behind two proxies, it is the one that the farther proxy appended',
      2,
      ['192.0.2.1, 10.0.0.1', '192.0.2.2, 10.0.0.1'],
      false,
    ],
    [
      'behind two proxies, entries of the caller are ignored',
      2,
      ['192.0.2.8, 192.0.2.1, 10.0.0.1', '192.0.2.1, 10.0.0.2'],
      true,
    ],
    ['a port after the address is ignored', 1, ['192.0.2.1:4711', '192.0.2.1:4712'], true],
    ['addresses with a port are distinguished', 1, ['192.0.2.1:4711', '192.0.2.2:4711'], false],
    ['a port after an IPv6 address is ignored', 1, ['[2001:db8::1]:4711', '[2001:db8::1]:4712'], true],
    ['addresses of one /64 are one caller', 1, ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'], true],
    ['addresses of two /64 are two callers', 1, ['2001:db8:0:1::1', '2001:db8:0:2::1'], false],
    ['an IPv4 address in IPv6 form is the same', 1, ['192.0.2.1', '::ffff:192.0.2.1'], true],
    ['a value that is not an address counts for the proxy', 1, ['unknown', '_hidden'], true],
  ];
  test.each(rows)('%s', async (_title, trustedProxyHops, [first = '', second = ''], isOneCaller) => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1, trustedProxyHops });
    expect(
      await statusesOf(service, [
        ['/nothing', { 'x-forwarded-for': first }],
        ['/nothing', { 'x-forwarded-for': second }],
      ]),
    ).toEqual([404, isOneCaller ? 429 : 404]);
  });

  test('other forwarding headers are ignored', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1 });
    expect(
      await statusesOf(service, [
        ['/nothing'],
        [
          '/nothing',
          { forwarded: 'for=192.0.2.2', 'x-real-ip': '192.0.2.3', 'cf-connecting-ip': '192.0.2.4' },
        ],
      ]),
    ).toEqual([404, 429]);
  });
});
