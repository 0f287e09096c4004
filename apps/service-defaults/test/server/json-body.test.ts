import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService();
});
afterAll(() => service.close());

const json = { 'content-type': 'application/json' };
const post = async (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) => {
  const response = await fetch(`${service.url}/notes`, {
    method: 'POST',
    headers,
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  return { status: response.status, body: await response.json() };
};

/** A body that is so many bytes long, and matches the schema. */
const ofBytes = (count: number): string => {
  const body = JSON.stringify({ text: '' });
  return body + ' '.repeat(count - body.length);
};
const inChunks = (text: string) => new Blob([text]).stream();

describe('the size of a body', () => {
  test('may be 100 kB and not a byte more (ASVS 5, 4.3 and 15.2)', async () => {
    expect((await post(ofBytes(102_400))).status).toBe(201);
    expect(await post(ofBytes(102_401))).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });

  test('is limited when it is not announced, too', async () => {
    expect((await post(inChunks(ofBytes(102_400)))).status).toBe(201);
    expect(await post(inChunks(ofBytes(102_401)))).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('cannot be hidden by compression: %s is not unpacked', async (encoding, compress) => {
    const bomb = compress(Buffer.from(ofBytes(20_000_000)));
    expect(bomb.length).toBeLessThan(102_400);
    expect(await post(bomb, { ...json, 'content-encoding': encoding })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  test.each(['identity, gzip', 'none', 'x'.repeat(5_000)])(
    'is not guessed at with Content-Encoding %s',
    async (encoding) => {
      expect((await post('{}', { ...json, 'content-encoding': encoding })).status).toBe(415);
    },
  );
});

describe('the type of a body (RFC 9110, section 8.3; RFC 8259, section 11)', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'APPLICATION/JSON',
  ])('may be %s', async (type) => {
    expect((await post('{"text":""}', { 'content-type': type })).status).toBe(201);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'application/jsonp',
    'application/problem+json',
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json; charset=iso-8859-1',
    'application/json; charset=nonsense',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json, text/plain',
    'application/json; profile=x',
    '*/*',
    'x'.repeat(5_000),
  ])('may not be %s', async (type) => {
    expect(await post('{"text":""}', { 'content-type': type })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  test('must be said', async () => {
    expect((await post(new Blob(['{"text":""}']).stream(), {})).status).toBe(415);
  });
});

describe('what is no JSON object or array is malformed', () => {
  test.each([
    ['half an object', '{"text":'],
    ['a comment', '{"text":""} // x'],
    ['a trailing comma', '{"text":"",}'],
    ['single quotes', "{'text':''}"],
    ['NaN', '{"text":NaN}'],
    ['two values', '{"text":""}{"text":""}'],
    ['null', 'null'],
    ['a number', '1'],
    ['a string', '"text"'],
    ['a form', 'text=x'],
    ['a NUL', '{"text":"\u0000"}'],
    ['brackets 50,000 deep', '['.repeat(50_000)],
  ])('%s', async (_title, body) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  });
});

describe('a body that does not match the schema is rejected, by member', () => {
  test.each([
    ['nothing', '', 'text'],
    ['an array', '[]', ''],
    ['brackets 40,000 deep, closed', '['.repeat(40_000) + ']'.repeat(40_000), ''],
    ['a member missing', '{}', 'text'],
    ['a number for text', '{"text":1e400}', 'text'],
    ['text that is too long', `{"text":"${'x'.repeat(21)}"}`, 'text'],
    ['a word that is not listed', '{"text":"","kind":"tall"}', 'kind'],
    ['a member that only a prototype has', '{"__proto__":{"text":"x"}}', 'text'],
  ])('%s', async (_title, body, member) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [expect.objectContaining({ member })] },
    });
  });

  test('members that are not in it are dropped, prototypes among them', async () => {
    const body = '{"text":"abc","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
    expect(await post(body)).toEqual({ status: 201, body: { length: 3 } });
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});
