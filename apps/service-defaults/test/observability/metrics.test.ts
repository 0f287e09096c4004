import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';

import { createDependency, reportDependencies } from '../../src/calls/dependency.ts';
import { reportCache } from '../../src/observability/cache-metrics.ts';
import { createLogger } from '../../src/observability/logging.ts';
import { PortTaken } from '../../src/server/listen.ts';
import { type RunningTelemetry, startTelemetry } from '../../src/server/telemetry.ts';
import { sendRaw } from '../../testing/raw-connection.ts';
import { origin, type SampleService, startSampleService } from '../../testing/sample-service.ts';
import { type Series, sampleOf, scrape } from './scrape.ts';

const logger = createLogger('sample', 'silent');
const startMetrics = (port = 0) =>
  startTelemetry('sample', { metrics: { host: 'localhost', port }, traces: undefined }, logger);

let telemetry: RunningTelemetry;
let service: SampleService;
beforeAll(async () => {
  telemetry = await startMetrics();
  service = await startSampleService({ telemetry, allowedOrigins: [origin] });
});
afterAll(() => Promise.all([service.close(), telemetry.close()]));

const authorized = { headers: { authorization: 'Bearer x' } };
const ask = async (path: string, init?: RequestInit): Promise<number> => {
  const response = await fetch(`${service.url}${path}`, init);
  await response.arrayBuffer();
  return response.status;
};

const requests = 'http_server_request_duration_seconds';
const spans = 'obo_span_duration_seconds';
const countOf = async (name: string, labels: Record<string, string | undefined>) =>
  sampleOf(await scrape(telemetry.metricsUrl), `${name}_count`, labels);

describe('requests', () => {
  const route = '/notes/:id';

  test('are counted and timed by method, route, status and problem', async () => {
    const labels = { http_request_method: 'GET', http_route: '/notes', http_response_status_code: '200' };
    const before = await countOf(requests, labels);
    expect(await ask('/notes', authorized)).toBe(200);
    await expect.poll(() => countOf(requests, labels)).toBe(before + 1);
    const series = await scrape(telemetry.metricsUrl);
    expect(sampleOf(series, `${requests}_bucket`, { ...labels, le: '+Inf' })).toBe(before + 1);
    expect(sampleOf(series, `${requests}_sum`, labels)).toBeGreaterThan(0);

    const rejected = { http_route: '/notes', http_response_status_code: '401', error_type: 'missing_token' };
    const rejectedBefore = await countOf(requests, rejected);
    expect(await ask('/notes')).toBe(401);
    await expect.poll(() => countOf(requests, rejected)).toBe(rejectedBefore + 1);
  });

  test('are counted under the path of the route, without its parameters', async () => {
    const labels = { http_request_method: 'GET', http_route: route, http_response_status_code: '200' };
    const before = await countOf(requests, labels);
    const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
    await Promise.all(ids.map((id) => ask(`/notes/${id}`, authorized)));
    await expect.poll(() => countOf(requests, labels)).toBe(before + 20);
  });

  test('are counted as canceled if the caller goes away', async () => {
    const reached = Promise.withResolvers<void>();
    const own = await startMetrics();
    const hang = () => new Promise(() => reached.resolve());
    const hanging = await startSampleService({ telemetry: own, work: hang });
    onTestFinished(async () => void (await Promise.all([hanging.close(), own.close()])));
    const abort = new AbortController();
    const call = fetch(`${hanging.url}/work`, { signal: abort.signal });
    await reached.promise;
    abort.abort();
    await expect(call).rejects.toThrow();
    const labels = { http_route: '/work', error_type: 'canceled', http_response_status_code: undefined };
    await expect
      .poll(async () => sampleOf(await scrape(own.metricsUrl), `${requests}_count`, labels))
      .toBe(1);
  });
});

describe('spans', () => {
  test('are counted and timed by name and outcome', async () => {
    const passed = { span: 'authorize', outcome: 'ok', source: undefined };
    const before = await countOf(spans, passed);
    await ask('/notes', authorized);
    expect(await countOf(spans, passed)).toBe(before + 1);
    const rejected = { span: 'authorize', outcome: 'missing_token' };
    const rejectedBefore = await countOf(spans, rejected);
    await ask('/notes');
    expect(await countOf(spans, rejected)).toBe(rejectedBefore + 1);
  });
});

describe('labels', () => {
  const canary = 'parrot7';
  const hostile: [path: string, init?: RequestInit][] = [
    [`/${canary}?${canary}=1`],
    [`/notes/${canary}`, { method: 'DELETE' }],
    [`/notes/${canary}%ff`, { method: 'DELETE' }],
    ['/notes', { method: 'PROPFIND' }],
    ['/notes', { headers: { authorization: `Bearer ${canary}`, traceparent: canary, 'user-agent': canary } }],
    ['/notes', { headers: { authorization: `Bearer ${canary} ${canary}` } }],
    ['/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"${canary}` }],
    [`/notes?access_token=${canary}`],
  ];
  const drive = async (round: number) => {
    for (const [path, init] of hostile)
      await ask(path.replaceAll(canary, `${canary}${round}`), init).catch(() => 0);
    await ask('/notes', { headers: { authorization: `Bearer ${crypto.randomUUID()}` } });
    await sendRaw(service.url, `GET /${canary} HTTP/1.1\r\nHost: ${canary}\r\nConnection: close\r\n\r\n`);
  };

  test('do not multiply with the input of callers', { timeout: 60_000 }, async () => {
    // Those of the process come with what it does, such as its first garbage collection.
    const namesOf = (series: readonly Series[]) =>
      new Set(
        series
          .filter(({ name }) => !/^(nodejs|process)_/.test(name))
          .map(({ name, labels }) => `${name}${JSON.stringify(labels)}`),
      );
    for (let round = 0; round < 2; round += 1) await drive(round);
    const before = namesOf(await scrape(telemetry.metricsUrl));
    for (let round = 2; round < 20; round += 1) await drive(round);
    expect(namesOf(await scrape(telemetry.metricsUrl))).toEqual(before);
  });

  test('contain our own words only: no path, token or anything else from a caller', async () => {
    await drive(99);
    await ask('/notes', authorized);
    const series = await scrape(telemetry.metricsUrl);
    const allowed: Record<string, RegExp> = {
      http_request_method: /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|_OTHER)$/,
      http_route: /^\/(livez|readyz|openapi\.json|problems\/:code|notes|notes\/:id|work)$/,
      http_response_status_code: /^[2-5]\d\d$/,
      error_type: /^[a-z_]{3,40}$/,
      span: /^authorize$/,
      outcome: /^[a-z_]{2,40}$/,
      quantile: /^0\.\d+$/,
      le: /^(\+Inf|[\d.]+)$/,
    };
    for (const { labels } of series) {
      for (const [label, value] of Object.entries(labels))
        expect(value, label).toMatch(allowed[label] ?? /^$/);
    }
    expect(JSON.stringify(series)).not.toMatch(new RegExp(`${canary}`));
  });
});

describe('the endpoint', () => {
  test('reports on the process', async () => {
    const series = await scrape(telemetry.metricsUrl);
    const now = Date.now() / 1000;
    expect(sampleOf(series, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(sampleOf(series, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(Math.abs(sampleOf(series, 'process_start_time_seconds') - now)).toBeLessThan(3_600);
    expect(sampleOf(series, 'nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
    expect(series.filter(({ name }) => name === 'nodejs_eventloop_lag_seconds')).toHaveLength(3);
    expect(sampleOf(series, 'nodejs_eventloop_utilization_ratio')).toBeLessThanOrEqual(1);
  });

  test.each([
    ['/', 'GET', 404],
    ['/metrics/x', 'GET', 404],
    ['/metrics', 'POST', 405],
    ['/metrics?name[]=up', 'GET', 200],
    ['/metrics', 'HEAD', 200],
  ])('answers %s with %s by %i', async (path, method, status) => {
    const response = await fetch(new URL(path, telemetry.metricsUrl), { method });
    expect(response.status).toBe(status);
  });

  test('is not on the port of the service', async () => {
    expect(await ask('/metrics')).toBe(404);
  });

  test('fails with the port number if the port is in use', async () => {
    const { port } = new URL(telemetry.metricsUrl ?? '');
    await expect(startMetrics(Number(port))).rejects.toThrow(PortTaken);
  });

  test('closes with the service', async () => {
    const { metricsUrl, close } = await startMetrics();
    await close();
    await expect(fetch(metricsUrl ?? '')).rejects.toThrow();
  });
});

describe('other metrics', () => {
  test('a cache: hits, misses, evictions and size of each level, and callers that shared a request', async () => {
    const { meter, metricsUrl, close } = await startMetrics();
    onTestFinished(close);
    const report = reportCache<'memory' | 'shared'>(meter, 'tokens');
    report.watch('memory', () => ({ entries: 3, bytes: 4096 }));
    report.watch('shared', () => ({ entries: 7 }));
    report.hit('memory');
    report.miss('memory');
    report.miss('memory');
    report.hit('shared');
    report.evicted('memory', 'expired');
    report.coalesced();
    const series = await scrape(metricsUrl);
    const value = (name: string, labels: Record<string, string>) =>
      sampleOf(series, name, { cache: 'tokens', ...labels });
    expect(value('obo_cache_requests_total', { level: 'memory', result: 'hit' })).toBe(1);
    expect(value('obo_cache_requests_total', { level: 'memory', result: 'miss' })).toBe(2);
    expect(value('obo_cache_requests_total', { level: 'shared', result: 'hit' })).toBe(1);
    expect(value('obo_cache_evictions_total', { level: 'memory', reason: 'expired' })).toBe(1);
    expect(value('obo_cache_coalesced_total', {})).toBe(1);
    expect(value('obo_cache_entries', { level: 'shared' })).toBe(7);
    expect(series.filter(({ name }) => name === 'obo_cache_bytes')).toMatchObject([{ value: 4096 }]);
  });

  test('the state of each dependency', async () => {
    const { meter, metricsUrl, close } = await startMetrics();
    onTestFinished(close);
    const dependency = createDependency({ deadline: 1_000, circuitPause: 60_000 });
    reportDependencies(meter, { graph: dependency.state });
    const stateOf = async () =>
      (await scrape(metricsUrl))
        .filter(({ name, value }) => name === 'obo_dependency_state' && value === 1)
        .map(({ labels }) => `${labels.dependency} ${labels.state}`);
    expect(await stateOf()).toEqual(['graph unknown']);
    const fail = () => dependency.call(() => Promise.reject(new CallFailed('unreachable'))).catch(() => {});
    for (let call = 0; call < 10; call += 1) await fail();
    expect(await stateOf()).toEqual(['graph circuit_open']);
  });
});
