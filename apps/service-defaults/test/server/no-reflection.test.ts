import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../../testing/raw-connection.ts';
import { origin, type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
let limited: SampleService;
beforeAll(async () => {
  service = await startSampleService({ allowedOrigins: [origin] });
  limited = await startSampleService({ rateLimitPerAddress: 1 });
  await fetch(`${limited.url}/notes`);
});
afterAll(() => Promise.all([service.close(), limited.close()]));

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

/** The sample service fails here, with a message that contains the request. */
const faulty = '/notes/00000000-0000-4000-8000-000000000000';

const rows: [title: string, status: number, path: string, init: () => RequestInit][] = [
  ['an unknown address', 404, `/${canary}?${canary}=${canary}`, () => ({ headers })],
  ['an unsupported method', 405, `/notes/${canary}`, () => ({ method: 'PATCH', headers })],
  ['a path that cannot be decoded', 400, `/notes/${canary}%ff`, () => ({ method: 'DELETE', headers })],
  ['a parameter', 400, `/notes/${canary}`, () => ({ method: 'DELETE', headers })],
  ['no token', 401, `/notes?${canary}`, () => ({ headers })],
  ['invalid JSON', 400, '/notes', () => ({ method: 'POST', headers: json, body: `{"${canary}":${canary}` })],
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
    'a value outside an enumeration',
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
  [
    'an internal error whose message contains the request',
    500,
    faulty,
    () => ({ method: 'DELETE', headers }),
  ],
];

const library =
  /node_modules|\.[jt]s\b|\bat \w+ \(|SyntaxError|TypeError|URIError|Unexpected|JSON at|express/i;

describe('an error quotes nothing from the request and reveals nothing about the code (ASVS 5, 16.5.1)', () => {
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
    const response = await fetch(`${limited.url}/${canary}`, { headers });
    expect(response.status).toBe(429);
    expect(`${await response.text()} ${JSON.stringify([...response.headers])}`).not.toContain(canary);
  });

  test.each([
    ['an invalid request line', `GET /${canary}\u0000 HTTP/1.1\r\n\r\n`],
    ['an invalid header', `GET / HTTP/1.1\r\nHost: x\r\n${canary}\u0000: ${canary}\r\n\r\n`],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nx: ${canary.repeat(5_000)}\r\n\r\n`],
    ['an invalid host', `GET / HTTP/1.1\r\nHost: ${canary}/${canary}\r\nConnection: close\r\n\r\n`],
  ])('%s', async (_title, bytes) => {
    const answers = JSON.stringify(
      (await sendRaw(service.url, bytes)).map(({ headers, body }) => [...headers, body]),
    );
    expect(answers).toContain('correlationId');
    expect(answers).not.toContain(canary);
    expect(answers).not.toMatch(/HPE_|Parse Error/);
  });
});

test('the log of an internal error contains the place in the code, and nothing from the request', async () => {
  const faults = () => service.logs.filter((line) => line.includes('internal_error'));
  const before = faults().length;
  await fetch(`${service.url}${faulty}`, { method: 'DELETE', headers });
  await expect.poll(() => faults().length).toBeGreaterThan(before);
  for (const line of faults()) {
    expect(line).toContain('sample-service.ts');
    expect(line).not.toContain(canary);
  }
});
