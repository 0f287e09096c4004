import { startTestIssuer, type TestIssuer } from '@obo/access-token/testing';
import { type Listening, listen } from '@obo/service-defaults/server';
import { createTestLogger, errorPages } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMiddleTierApi, readConfiguration } from '../src/index.ts';

const api = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const spa = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';
const origin = 'http://localhost:3000';

let issuer: TestIssuer;
let server: Listening;
let bearer: string;

beforeAll(async () => {
  issuer = await startTestIssuer({ audience: api, client: spa, scope: 'access_as_user' });
  const configuration = readConfiguration({
    ...issuer.environment,
    CLIENT_ID: api,
    CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
    ALLOWED_CLIENT_IDS: spa,
    ALLOWED_ORIGINS: origin,
    GRAPH_BASE_URL: 'http://localhost:1',
    DOWNSTREAM_API_BASE_URL: 'http://localhost:1',
    DOWNSTREAM_API_APP_ID_URI: 'api://downstream',
  });
  const { app } = createMiddleTierApi(configuration, createTestLogger('middle-tier-api'));
  server = await listen(app, { host: 'localhost', port: 0 });
  bearer = `Bearer ${await issuer.sign(issuer.claims())}`;
});

afterAll(async () => {
  await server.close();
  await issuer.close();
});

const json = {
  'content-type': 'application/json',
  'idempotency-key': '7c9e6679-7425-40de-944b-e07fc1f90ae7',
};
const leave = JSON.stringify({ startDate: '2030-01-07', endDate: '2030-01-08' });

describe('bad input', () => {
  const rows: [string, string, RequestInit, number, string][] = [
    ['no token', '/api/overview', {}, 401, 'missing_token'],
    [
      'a token that is not a JWT',
      '/api/overview',
      { headers: { authorization: 'Bearer no-jwt' } },
      401,
      'invalid_token',
    ],
    ['an unknown route', '/api/nothing', {}, 404, 'not_found'],
    ['an unsupported method', '/api/overview', { method: 'PUT' }, 405, 'method_not_allowed'],
    [
      'a body without a token',
      '/api/leave-requests',
      { method: 'POST', headers: json, body: leave },
      401,
      'missing_token',
    ],
  ];
  test.each(rows)('%s returns a problem', async (_title, path, init, status, code) => {
    const response = await fetch(`${server.url}${path}`, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      status,
      code,
      type: `/problems/${code}`,
      correlationId: response.headers.get('x-correlation-id'),
    });
  });

  test.each([
    ['broken JSON', json, '{"startDate":', 400, 'malformed_json'],
    ['another content type', { ...json, 'content-type': 'text/plain' }, leave, 415, 'unsupported_media_type'],
    [
      'another charset',
      { ...json, 'content-type': 'application/json; charset=utf-7' },
      leave,
      415,
      'unsupported_media_type',
    ],
    ['a body over 100 kB', json, JSON.stringify({ note: 'x'.repeat(110_000) }), 413, 'body_too_large'],
    ['a body that is not an object', json, '[]', 400, 'invalid_body'],
    ['a missing member', json, '{"startDate":"2030-01-07"}', 400, 'invalid_body'],
    [
      'a date that does not exist',
      json,
      '{"startDate":"2030-02-30","endDate":"2030-03-01"}',
      400,
      'invalid_body',
    ],
    ['no idempotency key', { 'content-type': 'application/json' }, leave, 400, 'invalid_parameter'],
    [
      'an idempotency key that is not a UUID',
      { ...json, 'idempotency-key': '1' },
      leave,
      400,
      'invalid_parameter',
    ],
  ])('%s is rejected', async (_title, headers, body, status, code) => {
    const response = await fetch(`${server.url}/api/leave-requests`, {
      method: 'POST',
      headers: { ...headers, authorization: bearer },
      body,
    });
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code });
    expect(text).not.toMatch(/SyntaxError|node_modules|Unexpected/);
  });

  test('a problem names the invalid members of a body, and not their values', async () => {
    const response = await fetch(`${server.url}/api/leave-requests`, {
      method: 'POST',
      headers: { ...json, authorization: bearer },
      body: '{"startDate":"<script>","endDate":7}',
    });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ member: 'startDate' }, { member: 'endDate' }] });
    expect(text).not.toContain('<script>');
  });

  test('an ID that is not a UUID is rejected before any call', async () => {
    const response = await fetch(`${server.url}/api/leave-requests/..%2Fadmin`, {
      method: 'DELETE',
      headers: { authorization: bearer },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_parameter' });
  });

  test('an unsupported method returns the supported ones', async () => {
    const response = await fetch(`${server.url}/api/leave-requests`, { method: 'GET' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('OPTIONS, POST');
  });
});

describe('when no service behind it responds', () => {
  test('the overview reports it within its deadlines, and when to try again', async () => {
    const response = await fetch(`${server.url}/api/overview`, { headers: { authorization: bearer } });
    expect(response.status).toBe(502);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'dependencies_unavailable' });
  });
});

describe('browsers', () => {
  test('may call from the allowed origin, and read the headers they need', async () => {
    const response = await fetch(`${server.url}/api/overview`, { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toBe(
      'WWW-Authenticate,Server-Timing,Retry-After,RateLimit,RateLimit-Policy,x-correlation-id',
    );
  });

  test.each(['https://localhost:3000', 'http://localhost:3000.evil.example', 'null'])(
    'may not call from %s',
    async (other) => {
      const response = await fetch(`${server.url}/api/overview`, { headers: { origin: other } });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('receive headers against caching, sniffing and framing', async () => {
    const { headers } = await fetch(`${server.url}/livez`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('correlation', () => {
  test("keeps the caller's UUID", async () => {
    const id = '0b3d5f7a-9c1e-4a2b-8d4f-6e8a0c2b4d6f';
    const { headers } = await fetch(`${server.url}/livez`, { headers: { 'x-correlation-id': id } });
    expect(headers.get('x-correlation-id')).toBe(id);
  });

  test('replaces anything else', async () => {
    const { headers } = await fetch(`${server.url}/livez`, {
      headers: { 'x-correlation-id': 'x'.repeat(5000) },
    });
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('the API describes itself in OpenAPI', async () => {
  const document = await (await fetch(`${server.url}/openapi.json`)).json();
  expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/api/overview': {} } });
});

test('the type of every problem is the address of a page about it', async () => {
  const pages = errorPages(/Sent by (both APIs|the middle tier)|passes it on/);
  expect(pages.length).toBeGreaterThan(25);
  for (const { code, text } of pages)
    expect(await (await fetch(`${server.url}/problems/${code}`)).text(), code).toBe(text);
  expect((await fetch(`${server.url}/problems/nothing`)).status).toBe(404);
  expect((await fetch(`${server.url}/problems/..%2FREADME`)).status).toBe(404);
});
