import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService();
});
afterAll(() => service.close());

/** Makes a text that looks like a token, and occurs nowhere else. */
const makeToken = (): string =>
  ['eyJhbGciOiJSUzI1NiJ9', 'eyJz', 'c2ln']
    .map((part) => part + crypto.randomUUID().repeat(3).replaceAll('-', ''))
    .join('.');

/** Sends a request, and returns its log line. */
async function lineOf(path: string, init: RequestInit = {}) {
  const id = crypto.randomUUID();
  const headers = { ...init.headers, 'x-correlation-id': id };
  await (await fetch(`${service.url}${path}`, { ...init, headers })).text();
  const line = () => service.logs.map((text) => JSON.parse(text)).find(isIt);
  const isIt = (entry: { correlationId: string; msg: string }) =>
    entry.correlationId === id && entry.msg === 'request answered';
  await expect.poll(line).toBeDefined();
  return line();
}

const wanted: [title: string, path: (token: string) => string, logged: string][] = [
  ['the query string', (token) => `/notes?access_token=${token}`, '/notes'],
  ['the query string of an unknown address', (token) => `/nothing?token=${token}`, '/nothing'],
  ['the path', (token) => `/notes/${token}`, '/notes/[long]'],
  ['an unknown path', (token) => `/a/${token}/b`, '/a/[long]/b'],
  ['a segment of a path', (token) => `/a/Bearer%20${token}`, '/a/[long]'],
  ['a fragment, which clients should not send', (token) => `/notes#${token}`, '/notes'],
];
test.each(wanted)('a token in %s is not logged (ASVS 5, 14.2.1 and 16.2.5)', async (_title, path, logged) => {
  const token = makeToken();
  expect(await lineOf(path(token))).toMatchObject({ method: 'GET', path: logged });
  const [header, payload, signature] = token.split('.');
  for (const part of [header, payload, signature]) expect(service.logs.join('')).not.toContain(part);
});

test('a token in the Authorization header or in the body is not logged', async () => {
  const [header, body] = [makeToken(), makeToken()];
  await lineOf('/notes', { headers: { authorization: `Bearer ${header}` } });
  await lineOf('/notes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: body }),
  });
  for (const part of [...header.split('.'), ...body.split('.')])
    expect(service.logs.join('')).not.toContain(part);
});

test('an ID in the path is logged, so that a request can be found', async () => {
  const id = crypto.randomUUID();
  expect(await lineOf(`/notes/${id}`)).toMatchObject({ path: `/notes/${id}` });
});

test('a path cannot inject a log line, nor make a long one', async () => {
  expect(await lineOf('/a%0A%7B%22level%22:%22fatal%22%7D')).toMatchObject({
    path: '/a%0A%7B%22level%22:%22fatal%22%7D',
  });
  expect((await lineOf('/a'.repeat(5_000))).path.length).toBe(200);
  for (const text of service.logs) expect(text.trimEnd()).not.toContain('\n');
});
