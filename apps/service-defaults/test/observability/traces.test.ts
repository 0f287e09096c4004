import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../src/calls/http-client.ts';
import { createLogger } from '../../src/observability/logging.ts';
import { measureSpan } from '../../src/observability/request-context.ts';
import { startTelemetry } from '../../src/server/telemetry.ts';
import { startSampleService } from '../../testing/sample-service.ts';
import {
  type CollectedSpan,
  startTraceCollector,
  type TraceCollector,
} from '../../testing/trace-collector.ts';
import { startUpstream } from '../calls/upstream.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentSpanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${parentSpanId}-01`;

interface Options {
  sampleRatio?: number;
  headers?: Record<string, string>;
  work?: () => Promise<unknown>;
}

/** A service whose traces go to a collector. */
async function startTraced({ sampleRatio = 1, headers = {}, work }: Options = {}) {
  const collector = await startTraceCollector();
  onTestFinished(() => collector.close());
  const logs: string[] = [];
  const logger = createLogger('sample', 'debug', { write: (line) => void logs.push(line) });
  const traces = { endpoint: collector.endpoint, headers, sampleRatio };
  const telemetry = await startTelemetry('sample', { metrics: undefined, traces }, logger);
  const service = await startSampleService({ telemetry, ...(work && { work }) });
  onTestFinished(() => service.close());
  return {
    collector,
    logs,
    service,
    telemetry,
    async ask(path: string, init: RequestInit = {}): Promise<void> {
      await (await fetch(`${service.url}${path}`, init)).arrayBuffer();
    },
    /** Stops the service, and tells which spans it sent. */
    async spans(): Promise<readonly CollectedSpan[]> {
      await service.close();
      await telemetry.close();
      return collector.spans;
    },
  };
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.find((span) => span.name === name);

describe('a request', () => {
  test('is a span in the trace of its caller, named after its route', async () => {
    const { ask, spans } = await startTraced();
    const authorization = 'Bearer x';
    await ask(`/notes/${crypto.randomUUID()}?q=1`, { headers: { authorization, traceparent } });
    const found = await spans();
    expect(found).toHaveLength(2);
    const request = named(found, 'GET /notes/:id');
    expect(request).toEqual({
      service: 'sample',
      name: 'GET /notes/:id',
      kind: 'server',
      traceId,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/notes/:id',
        'http.response.status_code': 200,
        'correlation.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      failed: false,
    });
    expect(named(found, 'authorize')).toMatchObject({ traceId, parentSpanId: request?.spanId });
  });

  test('starts a trace if the caller has none, and its log lines name its span', async () => {
    const { ask, spans, service } = await startTraced();
    await ask('/work');
    const [span] = await spans();
    expect(span).toMatchObject({ name: 'GET /work', parentSpanId: undefined });
    const lines = service.logs
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'request answered');
    expect(lines).toMatchObject([{ traceId: span?.traceId, spanId: span?.spanId }]);
  });

  test('that is rejected is not a failure of the service; one that fails is, and names the problem', async () => {
    const { ask, spans } = await startTraced({ work: () => Promise.reject(new TypeError('secret')) });
    await ask('/notes');
    await ask('/work');
    const found = await spans();
    expect(named(found, 'GET /notes')).toMatchObject({
      failed: false,
      attributes: { 'http.response.status_code': 401, 'error.type': 'missing_token' },
    });
    expect(named(found, 'GET /work')).toMatchObject({
      failed: true,
      attributes: { 'http.response.status_code': 500, 'error.type': 'internal_error' },
    });
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  test('without a route is named after its method alone, if the method is known', async () => {
    const { ask, spans } = await startTraced();
    await ask(`/${crypto.randomUUID()}`);
    await ask('/notes/1', { method: 'PROPFIND' });
    expect((await spans()).map(({ name }) => name)).toEqual(['GET', '_OTHER /notes/:id']);
  });

  test('for a health check is not recorded', async () => {
    const { ask, spans } = await startTraced();
    await ask('/livez');
    await ask('/readyz', { headers: { traceparent } });
    expect(await spans()).toEqual([]);
  });
});

describe('a call', () => {
  test('carries the span that makes it', async () => {
    const told: unknown[] = [];
    const upstream = await startUpstream((request, response) => {
      told.push(request.headers.traceparent);
      response.end('{}');
    });
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
    const call = () => measureSpan('call', () => client.call({ url: '/' }), 'client');
    const { ask, spans } = await startTraced({ work: () => measureSpan('outer', call) });
    await ask('/work', { headers: { traceparent } });
    const found = await spans();
    const [request, outer, inner] = ['GET /work', 'outer', 'call'].map((name) => named(found, name));
    expect(outer).toMatchObject({ kind: 'internal', parentSpanId: request?.spanId });
    expect(inner).toMatchObject({ kind: 'client', parentSpanId: outer?.spanId });
    expect(told).toEqual([`00-${traceId}-${inner?.spanId}-01`]);
  });

  test('that fails names the failure in one word', async () => {
    const upstream = await startUpstream((_request, response) => void response.writeHead(503).end());
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
    const call = () => measureSpan('call', () => client.call({ method: 'POST', url: '/' }), 'client');
    const { ask, spans } = await startTraced({ work: call });
    await ask('/work');
    expect(named(await spans(), 'call')).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'failing' },
    });
  });
});

describe('sampling', () => {
  test('follows the service that started the trace', async () => {
    const { ask, spans } = await startTraced({ sampleRatio: 0 });
    await ask('/work', { headers: { traceparent } });
    await ask('/work', { headers: { traceparent: `00-${traceId}-${parentSpanId}-00` } });
    await ask('/work');
    expect((await spans()).map((span) => span.traceId)).toEqual([traceId]);
  });

  test('passes on a trace that is not recorded', async () => {
    const told: unknown[] = [];
    const upstream = await startUpstream((request, response) => {
      told.push(request.headers.traceparent);
      response.end('{}');
    });
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
    const { ask, spans } = await startTraced({ work: () => client.call({ url: '/' }) });
    await ask('/work', { headers: { traceparent: `00-${traceId}-${parentSpanId}-00` } });
    expect(await spans()).toEqual([]);
    expect(told).toEqual([expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))]);
  });
});

describe('the collector', () => {
  test('receives the configured headers', async () => {
    const { ask, spans, collector } = await startTraced({ headers: { 'api-key': 'a=b c' } });
    await ask('/work');
    await spans();
    expect(collector.headers).toMatchObject([{ 'api-key': 'a=b c', 'content-type': 'application/json' }]);
  });

  test('that rejects spans loses them, and the log says so once', async () => {
    const { ask, collector, telemetry, logs } = await startTraced();
    collector.answer(400);
    await ask('/work');
    await telemetry.close();
    expect(logs.map((line) => JSON.parse(line).msg)).toEqual([
      'traces cannot be sent, and are lost until they can',
    ]);
  });

  test.each<[string, (collector: TraceCollector) => unknown]>([
    ['is unreachable', (collector) => collector.close()],
    ['never answers', (collector) => collector.hang()],
  ])('that %s delays neither a request nor shutdown', async (_state, fail) => {
    const { ask, collector, spans, logs } = await startTraced();
    await fail(collector);
    await ask('/work');
    expect(await spans()).toEqual([]);
    // Sending gives up after both have ended, and logs that.
    expect(logs).toEqual([]);
  });
});
