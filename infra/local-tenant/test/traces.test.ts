import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createTraceStore } from '../src/traces/trace-store.ts';
import { startTracing } from '../src/tracing.ts';
import { openTenant, spaOrigin, startTenant, type TestTenant } from './entra/tenant.ts';

const id = (bytes: number) => randomBytes(bytes).toString('hex');
const traceId = id(16);
const spanId = id(8);

type Json = Record<string, unknown>;
const span = (changes: Json = {}): Json => ({
  traceId,
  spanId,
  name: 'GET /api/overview',
  kind: 2,
  startTimeUnixNano: '1764400000000500000',
  endTimeUnixNano: '1764400000012750000',
  ...changes,
});
const exportOf = (spans: unknown, service = 'middle-tier-api') => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ spans }],
    },
  ],
});

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openTenant());
});
afterAll(() => close());
beforeEach(async () => {
  const headers = { 'Content-Type': 'application/json' };
  await fetch(`${tenant.baseUrl}/local-tenant/traces`, { method: 'DELETE', headers, body: '{}' });
});

function send(
  body: string | Buffer | object,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> {
  return fetch(`${tenant.baseUrl}/v1/traces`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(method === 'POST' && {
      body:
        typeof body === 'string' || Buffer.isBuffer(body)
          ? new Uint8Array(Buffer.from(body))
          : JSON.stringify(body),
    }),
  });
}

const tracesSchema = z.array(
  z.object({ traceId: z.string(), spans: z.array(z.looseObject({ spanId: z.string(), name: z.string() })) }),
);
const traces = async (url = tenant.baseUrl) =>
  tracesSchema.parse(await (await fetch(`${url}/local-tenant/traces`)).json());

test('shows a span with its service, times in milliseconds and outcome', async () => {
  const response = await send(
    exportOf([span({ status: { code: 2, message: 'text' }, events: [{ name: 'e' }] })]),
  );
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: {} });
  expect(await traces()).toEqual([
    {
      traceId,
      spans: [
        {
          traceId,
          spanId,
          service: 'middle-tier-api',
          name: 'GET /api/overview',
          kind: 'server',
          start: 1764400000000.5,
          duration: 12.25,
          failed: true,
          attributes: {},
        },
      ],
    },
  ]);
});

test('accepts what exporters may send: nothing, gzip, no spans, unknown members, numbers for times, capital digits', async () => {
  expect((await send('')).status).toBe(200);
  expect((await send({})).status).toBe(200);
  expect((await send({ resourceSpans: [{}], other: 1 })).status).toBe(200);
  const one = span({
    traceId: traceId.toUpperCase(),
    startTimeUnixNano: 1,
    endTimeUnixNano: 2,
    parentSpanId: '',
  });
  expect((await send(gzipSync(JSON.stringify(exportOf([one]))), { 'Content-Encoding': 'gzip' })).status).toBe(
    200,
  );
  expect((await traces()).map((trace) => trace.traceId)).toEqual([traceId]);
});

test('keeps only the attributes in its list, and of those only values of the right kind', async () => {
  const jwt = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(80)}.${'b'.repeat(80)}`;
  const attributes = Object.entries({
    'http.request.method': { stringValue: 'GET' },
    'http.route': { stringValue: `/api/${jwt}` },
    'http.response.status_code': { intValue: '200' },
    'error.type': { stringValue: `Bearer ${jwt}` },
    'span.source': { arrayValue: { values: [] } },
    'correlation.id': { stringValue: jwt },
    'http.request.header.authorization': { stringValue: jwt },
    'url.full': { stringValue: `http://localhost/?code=${jwt}` },
    __proto__: { stringValue: jwt },
  }).map(([key, value]) => ({ key, value }));
  await send(exportOf([span({ attributes, name: `GET ${jwt}` })], jwt));
  const [trace] = await traces();
  expect(trace?.spans[0]).toMatchObject({
    service: '[long]',
    name: 'GET [long]',
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/api/[long]',
      'http.response.status_code': 200,
    },
  });
  expect(JSON.stringify(trace)).not.toContain('aaaa');
});

test('keeps text of any kind as text', async () => {
  const name = '<script>alert(1)</script>\u202e\u0000';
  await send(exportOf([span({ name })]));
  expect((await traces())[0]?.spans[0]?.name).toBe(name);
});

const garbage: readonly [string, unknown][] = [
  ['text', 'hello'],
  ['a number', '1'],
  ['null', 'null'],
  ['an array', '[]'],
  ['half of a request', JSON.stringify(exportOf([span()])).slice(0, 100)],
  ['deep nesting', `{"resourceSpans":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['compressed data that is none', null],
  ['resourceSpans that is no array', { resourceSpans: 1 }],
  ['spans that are no array', exportOf({})],
  ['a span that is no object', exportOf([1])],
  ['no trace ID', exportOf([span({ traceId: undefined })])],
  ['a trace ID in base64', exportOf([span({ traceId: randomBytes(16).toString('base64') })])],
  ['a trace ID of zeros', exportOf([span({ traceId: '0'.repeat(32) })])],
  ['a short span ID', exportOf([span({ spanId: 'ab' })])],
  ['a parent that is no ID', exportOf([span({ parentSpanId: 'parent' })])],
  ['no name', exportOf([span({ name: undefined })])],
  ['a kind in words', exportOf([span({ kind: 'SPAN_KIND_SERVER' })])],
  ['a negative time', exportOf([span({ startTimeUnixNano: '-1' })])],
  ['a time with 400 digits', exportOf([span({ endTimeUnixNano: '9'.repeat(400) })])],
  ['a time that is no number', exportOf([span({ endTimeUnixNano: 'NaN' })])],
  ['attributes that are an object', exportOf([span({ attributes: {} })])],
  ['one malformed span after a good one', exportOf([span(), span({ spanId: 1 })])],
];
test.each(garbage)('answers 400 to %s, and keeps nothing of it', async (_title, body) => {
  const response =
    body === null
      ? await send('{}', { 'Content-Encoding': 'gzip' })
      : await send(typeof body === 'string' ? body : Object(body));
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: 3, message: expect.any(String) });
  expect(await traces()).toEqual([]);
});

test.each([
  ['more than 1 MB', JSON.stringify(exportOf([span({ name: 'n'.repeat(1024 * 1024) })])), {}, 413],
  [
    'more than 1 MB once it is unpacked',
    gzipSync(' '.repeat(2 * 1024 * 1024)),
    { 'Content-Encoding': 'gzip' },
    413,
  ],
  ['protobuf', '', { 'Content-Type': 'application/x-protobuf' }, 415],
  ['a form', 'a=b', { 'Content-Type': 'text/plain' }, 415],
])('rejects %s', async (_title, body, headers, status) => {
  expect((await send(body, headers)).status).toBe(status);
  expect(await traces()).toEqual([]);
});

test('is bounded: the oldest traces are removed, and a trace has 300 spans', async () => {
  const oldest = id(16);
  await send(exportOf([span({ traceId: oldest })]));
  for (let batch = 0; batch < 4; batch += 1)
    await send(exportOf(Array.from({ length: 25 }, () => span({ traceId: id(16) }))));
  const latest = await traces();
  expect(latest).toHaveLength(100);
  expect(latest.map((trace) => trace.traceId)).not.toContain(oldest);

  const response = await send(exportOf(Array.from({ length: 310 }, () => span({ spanId: id(8) }))));
  expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: '10' } });
  expect((await traces()).find((trace) => trace.traceId === traceId)?.spans).toHaveLength(300);
});

test('is bounded in bytes', () => {
  const store = createTraceStore(() => {});
  const name = 'n'.repeat(100);
  const one = { service: name, name, kind: 'server', start: 0, duration: 1, failed: false } as const;
  for (let batch = 0; batch < 90; batch += 1) {
    const spans = Array.from({ length: 300 }, (_, at) => ({ ...one, traceId: `${batch}`, spanId: `${at}` }));
    store.add(spans.map((each) => ({ ...each, attributes: { 'http.route': name } })));
  }
  const kept = JSON.stringify(store.list());
  expect(store.list().length).toBeLessThan(90);
  expect(store.list().at(-1)?.traceId).toBe('89');
  expect(kept.length).toBeGreaterThan(3.8 * 1024 * 1024);
  expect(kept.length).toBeLessThan(4.1 * 1024 * 1024);
});

test('a span that is sent twice is shown once', async () => {
  await send(exportOf([span()]));
  await send(exportOf([span()]));
  expect((await traces())[0]?.spans).toHaveLength(1);
});

test('preflight requests, which are in no trace, are not shown', async () => {
  await send(exportOf([span({ name: 'OPTIONS' })]));
  expect(await traces()).toEqual([]);
});

test('a page of a registered single-page application may send traces, and read none', async () => {
  const preflight = await send('', { Origin: spaOrigin, 'Access-Control-Request-Method': 'POST' }, 'OPTIONS');
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': spaOrigin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Content-Type',
    vary: 'Origin',
  });
  const sent = await send(exportOf([span()]), { Origin: spaOrigin });
  expect(sent.headers.get('access-control-allow-origin')).toBe(spaOrigin);
  expect(await traces()).toHaveLength(1);

  const read = await fetch(`${tenant.baseUrl}/local-tenant/traces`, { headers: { Origin: spaOrigin } });
  expect(read.status).toBe(403);
  expect(read.headers.has('access-control-allow-origin')).toBe(false);
});

test.each(['https://attacker.example', 'http://localhost:3001', 'null'])(
  'a page of %s may send nothing',
  async (origin) => {
    for (const method of ['OPTIONS', 'POST']) {
      const response = await send(exportOf([span()]), { Origin: origin }, method);
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
    expect(await traces()).toEqual([]);
  },
);

test('other methods are not found, and GET reads nothing', async () => {
  expect((await fetch(`${tenant.baseUrl}/v1/traces`)).status).toBe(404);
});

test('the tenant adds its own spans to traces that their callers record, and to no others', async () => {
  const { token_endpoint, jwks_uri } = tenant.authorityMetadata;
  const traceparent = (flags: string) => ({ traceparent: `00-${traceId}-${spanId}-${flags}` });
  await fetch(`${token_endpoint}?secret=of-the-caller`, { method: 'POST', headers: traceparent('01') });
  await fetch(jwks_uri, { headers: traceparent('00') });
  await fetch(jwks_uri);
  await fetch(`${tenant.baseUrl}/readyz`, { headers: traceparent('01') });
  await send(exportOf([]), traceparent('01'));
  expect(await traces()).toEqual([
    {
      traceId,
      spans: [
        expect.objectContaining({
          service: 'local-tenant',
          name: 'POST /oauth2/v2.0/token',
          kind: 'server',
          parentSpanId: spanId,
          failed: false,
          attributes: expect.objectContaining({
            'http.route': '/oauth2/v2.0/token',
            'http.response.status_code': 400,
          }),
        }),
      ],
    },
  ]);
});

test('a tenant that exports its spans to itself gets no spans about that', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const tracing = startTracing({ endpoint, headers: {}, sampleRatio: 1 });
  const own = await startTenant({ traceRequests: tracing.traceRequests });
  server.on('request', own.appAt(endpoint));

  await fetch(own.authorityMetadata.jwks_uri);
  await tracing.close();
  const names = (await traces(own.baseUrl)).flatMap(({ spans }) => spans.map(({ name }) => name));
  expect(names).toEqual(['GET /discovery/v2.0/keys']);
});
