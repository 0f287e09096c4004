import { afterAll, beforeAll, expect, test } from 'vitest';
import { origin, type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService({ allowedOrigins: [origin] });
});
afterAll(() => service.close());

const answers: [title: string, status: number, path: string, init: () => RequestInit][] = [
  ['data', 200, '/notes', () => ({ headers: { authorization: 'Bearer x' } })],
  ['health', 200, '/livez', () => ({})],
  ['the OpenAPI document', 200, '/openapi.json', () => ({})],
  ['a preflight', 204, '/notes', () => ({ method: 'OPTIONS', headers: { origin } })],
  ['a rejected body', 415, '/notes', () => ({ method: 'POST', body: 'x' })],
  ['no token', 401, '/notes', () => ({})],
  ['no route', 404, '/nothing', () => ({})],
  ['the page about a problem', 200, '/problems/not_found', () => ({})],
  ['a path that cannot be decoded', 400, '/notes/%ff', () => ({ method: 'DELETE' })],
  ['an unsupported method', 405, '/notes', () => ({ method: 'PUT' })],
  ['an internal error', 500, `/notes/${crypto.randomUUID()}`, () => ({ method: 'DELETE' })],
];

test.each(answers)(
  'a response with %s (%i) must not be cached, sniffed, framed or embedded (ASVS 5, 3.4 and 14.3.2)',
  async (_title, status, path, init) => {
    const response = await fetch(`${service.url}${path}`, init());
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'cross-origin-resource-policy': 'same-site',
      'x-correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    for (const name of ['x-powered-by', 'server', 'etag', 'set-cookie'])
      expect(response.headers.get(name)).toBeNull();
  },
);
