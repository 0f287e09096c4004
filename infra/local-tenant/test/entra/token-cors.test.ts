import { expect, test } from 'vitest';
import { spaOrigin, startTenant, webRedirectUri } from './tenant.ts';

const methods = [
  {
    request: 'a preflight',
    init: { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'POST' } },
  },
  { request: 'a token request', init: { method: 'POST', headers: {} } },
];

test.each(
  methods.flatMap(({ request, init }) => [
    { request, init, whose: "a single-page application's", origin: spaOrigin, allowed: spaOrigin },
    { request, init, whose: "a web application's", origin: new URL(webRedirectUri).origin, allowed: null },
    { request, init, whose: 'an unknown', origin: 'https://evil.example', allowed: null },
    { request, init, whose: 'a sandboxed', origin: 'null', allowed: null },
    { request, init, whose: 'a longer', origin: `${spaOrigin}0`, allowed: null },
    { request, init, whose: 'no', origin: null, allowed: null },
  ]),
)('the response to $request may be read by the page with $whose origin: $allowed', async (row) => {
  const { authorityMetadata } = await startTenant();
  const { status, headers } = await fetch(authorityMetadata.token_endpoint, {
    ...row.init,
    headers: { ...row.init.headers, ...(row.origin === null ? {} : { Origin: row.origin }) },
  });
  expect(status).toBe(row.init.method === 'OPTIONS' ? 204 : 400);
  expect(headers.get('access-control-allow-origin')).toBe(row.allowed);
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')).toContain('Origin');
});

test.each([
  { whose: "a single-page application's", origin: spaOrigin, allowed: ['POST', 'x-client-sku', '600'] },
  { whose: 'an unknown', origin: 'https://evil.example', allowed: [null, null, null] },
  { whose: 'no', origin: undefined, allowed: [null, null, null] },
])('a preflight permits a page with $whose origin $allowed', async ({ origin, allowed }) => {
  const { authorityMetadata } = await startTenant();
  const { headers } = await fetch(authorityMetadata.token_endpoint, {
    method: 'OPTIONS',
    headers: {
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-client-sku',
      ...(origin !== undefined && { Origin: origin }),
    },
  });
  const names = ['access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age'];
  expect(names.map((name) => headers.get(name))).toEqual(allowed);
});

test('a page may read the headers that MSAL reads', async () => {
  const { authorityMetadata } = await startTenant();
  const { headers } = await fetch(authorityMetadata.token_endpoint, {
    method: 'POST',
    headers: { Origin: spaOrigin },
  });
  expect(headers.get('access-control-expose-headers')?.split(',')).toEqual([
    'Retry-After',
    'x-ms-request-id',
    'client-request-id',
  ]);
  expect(headers.get('pragma')).toBe('no-cache');
});
