import { type Forge, startForge } from '@obo/access-token/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SampleService, startSampleService } from './sample-service.ts';

let forge: Forge;
let service: SampleService;
beforeAll(async () => {
  forge = await startForge();
  service = await startSampleService({ forge });
});
afterAll(() => Promise.all([service.close(), forge.close()]));

/** The line of a request, once it is written. */
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
  ['the query string of an address that is not there', (token) => `/nothing?token=${token}`, '/nothing'],
  ['the path', (token) => `/notes/${token}`, '/notes/[long]'],
  ['a path that is not there', (token) => `/a/${token}/b`, '/a/[long]/b'],
  ['a part of the path', (token) => `/a/Bearer%20${token}`, '/a/[long]'],
  ['the fragment that a client should have kept', (token) => `/notes#${token}`, '/notes'],
];
test.each(wanted)('a token in %s is not logged (ASVS 5, 14.2.1 and 16.2.5)', async (_title, path, logged) => {
  const token = forge.valid();
  expect(await lineOf(path(token))).toMatchObject({ method: 'GET', path: logged });
  const [header, payload, signature] = token.split('.');
  for (const part of [header, payload, signature]) expect(service.logs.join('')).not.toContain(part);
});

test('nor is one in the Authorization header, accepted or refused, nor the body', async () => {
  const token = forge.valid();
  const refused = forge.signedBy('rogue');
  expect(await lineOf('/notes', { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
    status: 200,
  });
  expect(await lineOf('/notes', { headers: { authorization: `Bearer ${refused}` } })).toMatchObject({
    status: 401,
  });
  const body = JSON.stringify({ text: refused });
  await lineOf('/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  for (const part of [...token.split('.'), ...refused.split('.')])
    expect(service.logs.join('')).not.toContain(part);
});

test('an id in the path is, so that a request can be found', async () => {
  const id = crypto.randomUUID();
  expect(await lineOf(`/notes/${id}`)).toMatchObject({ path: `/notes/${id}` });
});

test('a path cannot make a line of its own, nor a long one', async () => {
  expect(await lineOf('/a%0A%7B%22level%22:%22fatal%22%7D')).toMatchObject({
    path: '/a%0A%7B%22level%22:%22fatal%22%7D',
  });
  expect((await lineOf('/a'.repeat(5_000))).path.length).toBe(200);
  for (const text of service.logs) expect(text.trimEnd()).not.toContain('\n');
});
