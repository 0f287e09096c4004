import { type Forge, startForge } from '@obo/access-token/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../../testing/raw-connection.ts';
import { origin, type SampleService, startSampleService } from './sample-service.ts';

let forge: Forge;
let service: SampleService;
let everythingElse: SampleService;
beforeAll(async () => {
  forge = await startForge();
  service = await startSampleService({ forge, allowedOrigins: [origin] });
  everythingElse = await startSampleService({ forge, rateLimitPerAddress: 1 });
  await fetch(`${everythingElse.url}/notes`);
});
afterAll(() => Promise.all([service.close(), everythingElse.close(), forge.close()]));

const canary = 'parrot7';
const headers = {
  [`x-${canary}`]: canary,
  origin: `https://${canary}.example`,
  referer: `https://${canary}.example/${canary}`,
  cookie: `${canary}=${canary}`,
  'user-agent': canary,
  accept: `text/${canary}`,
  'accept-language': canary,
  'x-correlation-id': canary,
  traceparent: canary,
  baggage: `${canary}=${canary}`,
  'idempotency-key': canary,
};
const json = { ...headers, 'content-type': 'application/json' };
const bearer = (token: string) => ({ ...headers, authorization: `Bearer ${token}` });

/** The sample service fails here, with a message that holds the request. */
const faulty = '/notes/00000000-0000-4000-8000-000000000000';

const rows: [title: string, status: number, path: string, init: () => RequestInit][] = [
  ['an address that is not there', 404, `/${canary}?${canary}=${canary}`, () => ({ headers })],
  ['a method that is not there', 405, `/notes/${canary}`, () => ({ method: 'PATCH', headers })],
  ['an address that cannot be decoded', 400, `/notes/${canary}%ff`, () => ({ method: 'DELETE', headers })],
  ['a parameter', 400, `/notes/${canary}`, () => ({ method: 'DELETE', headers })],
  ['no token', 401, `/notes?${canary}`, () => ({ headers })],
  [
    'another scheme',
    401,
    '/notes',
    () => ({ headers: { ...headers, authorization: `${canary} ${canary}` } }),
  ],
  ['an opaque token', 401, '/notes', () => ({ headers: bearer(canary) })],
  ['a malformed token', 400, '/notes', () => ({ headers: bearer(`${canary} "${canary}"`) })],
  ['a token in the URL too', 400, `/notes?access_token=${canary}`, () => ({ headers: bearer(canary) })],
  [
    'claims of a refused token',
    401,
    '/notes',
    () => ({ headers: bearer(forge.valid({ aud: canary, iss: canary, name: canary })) }),
  ],
  ['the key id of a token', 401, '/notes', () => ({ headers: bearer(forge.valid({}, { kid: canary })) })],
  ['scopes of a token', 403, '/notes', () => ({ headers: bearer(forge.valid({ scp: canary })) })],
  ['the tenant of a token', 403, '/notes', () => ({ headers: bearer(forge.valid({ tid: canary })) })],
  [
    'JSON that is none',
    400,
    '/notes',
    () => ({ method: 'POST', headers: json, body: `{"${canary}":${canary}` }),
  ],
  [
    'a value',
    400,
    '/notes',
    () => ({ method: 'POST', headers: json, body: `{"text":{"${canary}":"${canary}"}}` }),
  ],
  [
    'a value that is too long',
    400,
    '/notes',
    () => ({ method: 'POST', headers: json, body: JSON.stringify({ text: canary.repeat(9) }) }),
  ],
  [
    'a value that is not listed',
    400,
    '/notes',
    () => ({ method: 'POST', headers: json, body: `{"text":"","kind":"${canary}"}` }),
  ],
  [
    'the name of a member',
    400,
    '/notes',
    () => ({ method: 'POST', headers: json, body: `{"${canary}":"${canary}"}` }),
  ],
  [
    'a content type',
    415,
    '/notes',
    () => ({
      method: 'POST',
      headers: { ...headers, 'content-type': `application/${canary}` },
      body: canary,
    }),
  ],
  [
    'a charset',
    415,
    '/notes',
    () => ({
      method: 'POST',
      headers: { ...headers, 'content-type': `application/json; charset=${canary}` },
      body: canary,
    }),
  ],
  [
    'a content encoding',
    415,
    '/notes',
    () => ({ method: 'POST', headers: { ...json, 'content-encoding': canary }, body: canary }),
  ],
  [
    'a body that is too large',
    413,
    '/notes',
    () => ({ method: 'POST', headers: json, body: canary.repeat(20_000) }),
  ],
  ['a fault of ours whose message holds the request', 500, faulty, () => ({ method: 'DELETE', headers })],
];

const library =
  /node_modules|\.[jt]s\b|\bat \w+ \(|SyntaxError|TypeError|URIError|Unexpected|JSON at|express|passport|jose/i;

describe('an error repeats nothing of the request, and tells nothing of the code (ASVS 5, 16.5.1)', () => {
  test.each(rows)('%s', async (_title, status, path, init) => {
    const response = await fetch(`${service.url}${path}`, init());
    expect(response.status).toBe(status);
    const text = await response.text();
    const { code } = JSON.parse(text);
    const whole = `${response.statusText} ${JSON.stringify([...response.headers])} ${text.replace(code, '')}`;
    expect(whole).not.toContain(canary);
    expect(text).not.toMatch(library);
  });

  test('too many requests', async () => {
    const response = await fetch(`${everythingElse.url}/${canary}`, { headers });
    expect(response.status).toBe(429);
    expect(`${await response.text()} ${JSON.stringify([...response.headers])}`).not.toContain(canary);
  });

  test.each([
    ['a request that is none', `GET /${canary}\u0000 HTTP/1.1\r\n\r\n`],
    ['headers that are none', `GET / HTTP/1.1\r\nHost: x\r\n${canary}\u0000: ${canary}\r\n\r\n`],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nx: ${canary.repeat(5_000)}\r\n\r\n`],
    ['a host that is none', `GET / HTTP/1.1\r\nHost: ${canary}/${canary}\r\nConnection: close\r\n\r\n`],
  ])('%s', async (_title, bytes) => {
    const answers = JSON.stringify(
      (await sendRaw(service.url, bytes)).map(({ headers, body }) => [...headers, body]),
    );
    expect(answers).toContain('correlationId');
    expect(answers).not.toContain(canary);
    expect(answers).not.toMatch(/HPE_|Parse Error/);
  });
});

test('the log of a fault of ours holds where it was, and nothing of the request', async () => {
  const faults = () => service.logs.filter((line) => line.includes('internal_error'));
  const before = faults().length;
  await fetch(`${service.url}${faulty}`, { method: 'DELETE', headers });
  await expect.poll(() => faults().length).toBeGreaterThan(before);
  for (const line of faults()) {
    expect(line).toContain('sample-service.ts');
    expect(line).not.toContain(canary);
  }
});
