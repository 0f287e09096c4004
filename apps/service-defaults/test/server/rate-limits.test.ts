import { type Forge, otherApi, otherTenantId, startForge } from '@obo/access-token/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { origin, type SampleService, serveForThisTest } from './sample-service.ts';

let forge: Forge;
beforeAll(async () => {
  forge = await startForge();
});
// The minute of a limit does not end meanwhile, however slow the machine is.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
afterAll(() => forge.close());

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

describe('the limit of an address', () => {
  test('is told with every answer, and refuses what exceeds it with 429 and Retry-After (RFC 6585, section 4)', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 2 });
    const first = await ask(service, '/openapi.json');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit')).toMatch(/^"address"; r=1; t=\d+$/);
    expect(first.headers.get('ratelimit-policy')).toMatch(/^"address"; q=2; w=60; pk=:.+:$/);
    expect(first.headers.get('x-ratelimit-limit')).toBeNull();
    expect((await ask(service, '/openapi.json')).status).toBe(200);

    const refused = await ask(service, '/openapi.json');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toEqual({
      type: '/problems/too_many_requests',
      title: 'Too many requests',
      status: 429,
      code: 'too_many_requests',
      detail: expect.any(String),
      correlationId: refused.headers.get('x-correlation-id'),
    });
  });

  test('counts what leads nowhere, and tokens that are refused', async () => {
    const service = await serveForThisTest({ forge, rateLimitPerAddress: 3 });
    expect(
      await statusesOf(service, [
        ['/nothing'],
        ['/notes'],
        ['/notes', { authorization: `Bearer ${forge.signedBy('rogue')}` }],
        ['/notes', { authorization: `Bearer ${forge.valid()}` }],
        ['/nothing'],
      ]),
    ).toEqual([404, 401, 401, 429, 429]);
  });

  test('is not there for health checks, so that a busy instance is not taken for a dead one', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1 });
    expect(
      await statusesOf(service, [['/nothing'], ['/nothing'], ['/livez'], ['/livez'], ['/readyz']]),
    ).toEqual([404, 429, 200, 200, 200]);
  });

  test('does not count preflights, and lets a browser read the refusal', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1, allowedOrigins: [origin] });
    const preflight = { origin, 'access-control-request-method': 'GET' };
    for (let count = 0; count < 3; count += 1)
      expect((await fetch(service.url, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
    await ask(service, '/nothing');
    const refused = await ask(service, '/nothing', { origin });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
    expect(refused.headers.get('access-control-expose-headers')?.split(',')).toEqual(
      expect.arrayContaining(['Retry-After', 'RateLimit', 'RateLimit-Policy']),
    );
  });

  test('ends with its minute', async () => {
    const service = await serveForThisTest({ rateLimitPerAddress: 1 });
    expect(await statusesOf(service, [['/nothing'], ['/nothing']])).toEqual([404, 429]);
    vi.setSystemTime(Date.now() + 60_001);
    expect(await statusesOf(service, [['/nothing'], ['/nothing']])).toEqual([404, 429]);
  });

  test('is none where none is set', async () => {
    const service = await serveForThisTest();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(service, '/nothing')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });
});

describe('whose address it is', () => {
  const rows: [title: string, hops: number, forwardedFor: string[], isOneCaller: boolean][] = [
    ['without a declared proxy, X-Forwarded-For means nothing', 0, ['192.0.2.1', '192.0.2.2'], true],
    ['behind one proxy, it is what the proxy wrote', 1, ['192.0.2.1', '192.0.2.2'], false],
    [
      'behind one proxy, what the caller wrote before means nothing',
      1,
      ['192.0.2.8, 192.0.2.1', '192.0.2.9, 192.0.2.1'],
      true,
    ],
    [
      'behind two proxies, it is what the farther wrote',
      2,
      ['192.0.2.1, 10.0.0.1', '192.0.2.2, 10.0.0.1'],
      false,
    ],
    [
      'behind two proxies, what the caller wrote before means nothing',
      2,
      ['192.0.2.8, 192.0.2.1, 10.0.0.1', '192.0.2.1, 10.0.0.2'],
      true,
    ],
    ['a port behind the address is not part of it', 1, ['192.0.2.1:4711', '192.0.2.1:4712'], true],
    ['addresses with a port are told apart', 1, ['192.0.2.1:4711', '192.0.2.2:4711'], false],
    [
      'a port behind an IPv6 address is not part of it',
      1,
      ['[2001:db8::1]:4711', '[2001:db8::1]:4712'],
      true,
    ],
    ['addresses of one /64 are one caller', 1, ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'], true],
    ['addresses of two /64 are two callers', 1, ['2001:db8:0:1::1', '2001:db8:0:2::1'], false],
    ['an IPv4 address in IPv6 form is the same', 1, ['192.0.2.1', '::ffff:192.0.2.1'], true],
    ['what is no address counts for the proxy', 1, ['unknown', '_hidden'], true],
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

  test('no other forwarding header means anything', async () => {
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

describe('the limit of a person', () => {
  const as = (changes: Record<string, unknown> = {}): [string, Record<string, string>] => [
    '/notes',
    { authorization: `Bearer ${forge.valid(changes)}` },
  ];

  test('holds for all their tokens and all routes, and for nobody else', async () => {
    const service = await serveForThisTest({ forge, rateLimitPerUser: 2 });
    const [, headers] = as({ uti: 'another token' });
    expect(
      await statusesOf(service, [as(), ['/notes/x', headers], as(), as({ oid: otherApi }), as()]),
    ).toEqual([200, 200, 429, 200, 429]);
  });

  test('does not hold for who has the same object id in another tenant', async () => {
    const service = await serveForThisTest({ forge, rateLimitPerUser: 1 });
    const elsewhere = {
      tid: otherTenantId,
      iss: `https://login.microsoftonline.com/${otherTenantId}/v2.0`,
    };
    expect(await statusesOf(service, [as(), as(elsewhere), as()])).toEqual([200, 200, 429]);
  });

  test('is not used up by forged tokens in their name', async () => {
    const service = await serveForThisTest({ forge, rateLimitPerUser: 1 });
    const forged: [string, Record<string, string>] = [
      '/notes',
      { authorization: `Bearer ${forge.signedBy('rogue')}` },
    ];
    expect(await statusesOf(service, [forged, forged, forged, as()])).toEqual([401, 401, 401, 200]);
  });

  test('stands beside that of the address in the headers', async () => {
    const service = await serveForThisTest({ forge, rateLimitPerAddress: 10, rateLimitPerUser: 5 });
    const { headers } = await ask(service, ...as());
    expect(headers.get('ratelimit')).toMatch(/^"address"; r=9; t=\d+, "user"; r=4; t=\d+$/);
  });
});
