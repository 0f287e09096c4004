import { type Forge, startForge } from '@obo/access-token/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { origin, type SampleService, startSampleService } from './sample-service.ts';

let forge: Forge;
let service: SampleService;
beforeAll(async () => {
  forge = await startForge();
  service = await startSampleService({ forge, allowedOrigins: [origin] });
});
afterAll(() => Promise.all([service.close(), forge.close()]));

const answers: [title: string, status: number, path: string, init: () => RequestInit][] = [
  ['data', 200, '/notes', () => ({ headers: { authorization: `Bearer ${forge.valid()}` } })],
  ['health', 200, '/livez', () => ({})],
  ['its description', 200, '/openapi.json', () => ({})],
  ['a preflight', 204, '/notes', () => ({ method: 'OPTIONS', headers: { origin } })],
  ['a refused body', 415, '/notes', () => ({ method: 'POST', body: 'x' })],
  ['no token', 401, '/notes', () => ({})],
  ['no route', 404, '/nothing', () => ({})],
  ['an address that cannot be decoded', 400, '/notes/%ff', () => ({ method: 'DELETE' })],
  ['no such method', 405, '/notes', () => ({ method: 'PUT' })],
  ['a fault of ours', 500, `/notes/${crypto.randomUUID()}`, () => ({ method: 'DELETE' })],
];

test.each(answers)(
  'an answer with %s (%i) is not kept, sniffed, framed or embedded (ASVS 5, 3.4 and 14.3.2)',
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
