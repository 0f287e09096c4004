import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/server/listen.ts';
import { sendRaw } from '../../testing/raw-connection.ts';
import { origin, type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService({ allowedOrigins: [origin] });
});
afterAll(() => service.close());

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`;
const get = (...headers: string[]): string => lines('GET /notes HTTP/1.1', 'Host: x', ...headers);
const post = (...headers: string[]): string =>
  lines('POST /notes HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers);
/** What a proxy would take for the body, and a server that is deceived for a request. */
const smuggled =
  lines('POST /notes HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 11') +
  '{"text":""}';

const rows: Record<string, [title: string, bytes: string | Uint8Array][]> = {
  'about where the body ends (RFC 9112, section 6; ASVS 5, 4.2.1)': [
    [
      'Content-Length and Transfer-Encoding',
      `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${smuggled}`,
    ],
    ['two Content-Lengths', `${post('Content-Length: 0', 'Content-Length: 300')}${smuggled}`],
    ['two Content-Lengths in one', `${post('Content-Length: 0, 300')}${smuggled}`],
    ['a signed Content-Length', `${post('Content-Length: +0')}${smuggled}`],
    ['a negative Content-Length', `${post('Content-Length: -1')}${smuggled}`],
    ['a hexadecimal Content-Length', `${post('Content-Length: 0x0')}${smuggled}`],
    ['a Content-Length with a space in it', `${post('Content-Length: 0 0')}${smuggled}`],
    ['a Content-Length beyond all numbers', `${post(`Content-Length: ${'9'.repeat(40)}`)}${smuggled}`],
    ['an encoding after chunked', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n${smuggled}`],
    ['an encoding that is not chunked', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled}`],
    [
      'two encodings',
      `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${smuggled}`,
    ],
    ['a space before the colon', `${post('Transfer-Encoding : chunked')}0\r\n\r\n${smuggled}`],
    [
      'a chunk size that is no number',
      `${post('Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a chunk size beyond all numbers',
      `${post('Transfer-Encoding: chunked')}${'f'.repeat(40)}\r\n{}\r\n${smuggled}`,
    ],
    [
      'a chunk that is longer than it says',
      `${post('Transfer-Encoding: chunked')}1\r\n{}\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a chunk that ends with a bare line feed',
      `${post('Transfer-Encoding: chunked')}2\n{}\n0\n\n${smuggled}`,
    ],
  ],
  'about its lines (RFC 9112, sections 2.2 and 5)': [
    ['a carriage return in a header', get('x-a: b\rc: d')],
    ['a NUL in a header', get('x-a: b\u0000c')],
    ['a NUL in the name of a header', get('x\u0000a: b')],
    ['another control character in a header', get('x-a: b\u0007c')],
    ['a space in the name of a header', get('x a: b')],
    ['a header without a colon', get('x-a')],
    ['a header without a name', get(': b')],
    ['a header that goes on in the next line', get('x-a: b', ' c: d')],
    ['a line feed alone after the request line', 'GET /notes HTTP/1.1\nHost: x\n\n'],
    ['a space in the address', lines('GET /no tes HTTP/1.1', 'Host: x')],
    ['bytes above ASCII in the address', lines('GET /n\u00f6tes HTTP/1.1', 'Host: x')],
    ['no version', lines('GET /notes')],
    ['a version that is none', lines('GET /notes HTTP/9.9', 'Host: x')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['another protocol', lines('GET /notes SMTP/1.0', 'Host: x')],
    ['the beginning of TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ['bytes of no kind', Uint8Array.from({ length: 256 }, (_, index) => 255 - index)],
  ],
  'about the host (RFC 9112, section 3.2)': [
    ['none', lines('GET /notes HTTP/1.1', 'Connection: close')],
    ['two', get('Host: y', 'Connection: close')],
    ['two that are equal', get('Host: x', 'Connection: close')],
    ...['a b', 'a/b', 'http://x', 'user@x', '<script>', 'x:port', '[::1', 'x\u00e4'].map(
      (host): [string, string] => [host, lines('GET /notes HTTP/1.1', `Host: ${host}`, 'Connection: close')],
    ),
  ],
};

describe.each(Object.entries(rows))('a request that is unclear %s', (_group, cases) => {
  test.each(cases)('is answered once, as malformed, and hung up on: %s', async (_title, bytes) => {
    const handled = service.handled();
    const answers = await sendRaw(service.url, bytes);
    expect(answers.map(({ status }) => status)).toEqual([400]);
    const [answer] = answers;
    expect(answer?.headers.get('content-type')).toContain('application/problem+json');
    expect(answer?.headers.get('cache-control')).toBe('no-store');
    expect(answer?.headers.get('connection')).toBe('close');
    expect(JSON.parse(answer?.body ?? '')).toEqual({
      type: '/problems/invalid_request',
      title: 'The request is malformed',
      status: 400,
      code: 'invalid_request',
      detail: expect.any(String),
      correlationId: answer?.headers.get('x-correlation-id'),
    });
    expect(service.handled()).toBe(handled);
  });
});

test('a request without a host is fine in HTTP/1.0, which has none', async () => {
  const [answer] = await sendRaw(service.url, 'GET /livez HTTP/1.0\r\n\r\n');
  expect(answer?.status).toBe(200);
});

describe('headers', () => {
  test('of 32 kB are accepted, and of more are rejected with 431 (RFC 6585, section 5)', async () => {
    const fits = await sendRaw(service.url, get(`x-a: ${'b'.repeat(32_000)}`, 'Connection: close'));
    expect(fits.map(({ status }) => status)).toEqual([401]);
    for (const bytes of [get(`x-a: ${'b'.repeat(33_000)}`), lines(`GET /${'a'.repeat(33_000)} HTTP/1.1`)]) {
      const [answer, ...others] = await sendRaw(service.url, bytes);
      expect(others).toEqual([]);
      expect(answer?.status).toBe(431);
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'headers_too_large', status: 431 });
    }
  });
});

test('extensions of chunks are not read without end (RFC 9112, section 7.1.1)', async () => {
  const extension = `;x=${'y'.repeat(20_000)}`;
  const [answer, ...others] = await sendRaw(
    service.url,
    `${post('Transfer-Encoding: chunked')}1${extension}\r\n{\r\n`,
  );
  expect(others).toEqual([]);
  expect(answer?.status).toBe(413);
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'body_too_large' });
});

test('an error behind a request that waits for its answer is not taken for that answer', async () => {
  const silent = await listen(() => {}, { host: 'localhost', port: 0 });
  try {
    expect(await sendRaw(silent.url, `${get()}\u0000`)).toEqual([]);
  } finally {
    await silent.close();
  }
});

describe('where a request says it comes from and goes to', () => {
  const forwarded = [
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: gopher',
    'X-Forwarded-For: evil.example, <script>',
    'X-Forwarded-Prefix: /evil',
    'X-Original-URL: /livez',
    'X-Rewrite-URL: /livez',
    'Forwarded: for=evil.example;host=evil.example;proto=gopher',
    'X-Real-IP: evil',
    'Via: 1.1 evil',
  ];
  const differing = new Set(['date', 'x-correlation-id', 'server-timing']);
  const answerTo = async (bytes: string) => {
    const [answer, ...others] = await sendRaw(service.url, bytes);
    expect(others).toEqual([]);
    const headers = [...(answer?.headers ?? [])].filter(([name]) => !differing.has(name));
    const { correlationId, ...problem } = JSON.parse(answer?.body ?? '');
    return { status: answer?.status, headers, problem };
  };

  test('changes no answer (ASVS 5, 4.1.3)', async () => {
    const plain = await answerTo(get('Connection: close'));
    expect(plain.status).toBe(401);
    expect(await answerTo(get('Connection: close', ...forwarded))).toEqual(plain);
    for (const host of [
      'evil.example',
      'evil.example:1',
      '[::ffff:7f00:1]',
      '169.254.169.254',
      '',
      'a'.repeat(5_000),
    ]) {
      expect(await answerTo(lines('GET /notes HTTP/1.1', `Host: ${host}`, 'Connection: close'))).toEqual(
        plain,
      );
    }
    expect(
      await answerTo(
        lines('GET http://evil.example/notes HTTP/1.1', 'Host: evil.example', 'Connection: close'),
      ),
    ).toEqual(plain);
  });

  test.each([
    ['//evil.example/livez', 404],
    ['/\\evil.example', 404],
    ['/..;/livez', 404],
    ['/%2e%2e/livez', 404],
    ['/notes/../livez', 404],
    ['http://evil.example', 404],
    ['/LIVEZ', 200],
    ['/livez?a[__proto__][b]=c&a=b&a=c', 200],
    ['/livez?%ff=%', 200],
    ['/%', 404],
    ['/notes/%c0%ae', 400],
  ])('leads nowhere else: %s', async (target, status) => {
    const [answer] = await sendRaw(
      service.url,
      lines(`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: close'),
    );
    expect(answer?.status).toBe(status);
    expect(JSON.stringify([answer?.body, ...(answer?.headers ?? [])])).not.toContain('evil');
  });
});
