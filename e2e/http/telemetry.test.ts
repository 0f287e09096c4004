import { users } from '@obo/local-tenant';
import {
  type CollectedSpan,
  observeLog,
  startTraceCollector,
  type TraceCollector,
} from '@obo/service-defaults/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';

let collector: TraceCollector;
let chain: Chain;
beforeAll(async () => {
  collector = await startTraceCollector();
  chain = await startChain({ collector: collector.endpoint, environment: { METRICS_PORT: '0' } });
});
beforeEach(() => chain.reset());
afterAll(async () => {
  await chain.close();
  await collector.close();
});

const priya = 'priya.raman@contoso.example';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentSpanId = '00f067aa0ba902b7';

async function overview(token: string, url = chain.middleTierUrl, headers = {}): Promise<void> {
  const response = await fetch(`${url}/api/overview`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
}

/** User data, tokens and secrets, which must not appear in metrics or traces. */
function secretsIn(text: string, tokens: readonly string[]): string[] {
  const personal = users.flatMap(({ id, mail, userPrincipalName, displayName }) => [
    ...[id, mail, userPrincipalName, displayName],
    ...[mail, displayName].map(encodeURIComponent),
  ]);
  const secrets = [...personal, ...tokens, chain.environments.middleTierApi.CLIENT_SECRET ?? 'no secret'];
  const patterns = text.match(/eyJ[\w-]{10}|Bearer |@contoso|client_assertion|access_token/g) ?? [];
  return [...secrets.filter((secret) => text.includes(secret)), ...patterns];
}

describe('the trace of one overview request', () => {
  /** `service: name`, each below what caused it. */
  const tree = (spans: readonly CollectedSpan[], parent: string): unknown[] =>
    spans
      .filter((span) => span.parentSpanId === parent)
      .map((span) => {
        const below = tree(spans, span.spanId);
        const label = `${span.service}: ${span.name}`;
        return below.length === 0 ? label : { [label]: below };
      })
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

  test('goes through middle tier, tenant and downstream API to the database, and contains nothing secret', async () => {
    const token = await chain.accessTokenOf(priya);
    await overview(token, chain.middleTierUrl, { traceparent: `00-${traceId}-${parentSpanId}-01` });

    const tokenOf = (name: string) => `middle-tier-api: ${name}`;
    const exchange = { 'middle-tier-api: token_request': ['local-tenant: POST /oauth2/v2.0/token'] };
    const leave = (path: string) => ({ [`downstream-api: GET ${path}`]: ['downstream-api: database'] });
    const spans = () => collector.spans.filter((span) => span.traceId === traceId);
    // The second of two calls with one token may find it in the cache of validated tokens.
    const isValidation = ({ service, name }: CollectedSpan) =>
      service === 'downstream-api' && name === 'validate_token';
    const others = () => spans().filter((span) => !isValidation(span));
    await expect
      .poll(() => tree(others(), parentSpanId), { timeout: 20_000 })
      .toEqual([
        {
          'middle-tier-api: GET /api/overview': [
            tokenOf('downstream_token'),
            tokenOf('graph_token'),
            tokenOf('graph_token'),
            tokenOf('validate_token'),
            { 'middle-tier-api: downstream_balance': [leave('/api/leave-balance')] },
            { 'middle-tier-api: downstream_requests': [leave('/api/leave-requests')] },
            { [tokenOf('downstream_token')]: [exchange] },
            { 'middle-tier-api: graph_manager': ['local-tenant: GET /me/manager'] },
            { 'middle-tier-api: graph_me': ['local-tenant: GET /me'] },
            { 'middle-tier-api: graph_photo': ['local-tenant: GET /me/photos/:size/$value'] },
            { [tokenOf('graph_token')]: [exchange] },
          ],
        },
      ]);
    const leaveRequests = spans().filter(({ name }) => name.startsWith('GET /api/leave-'));
    const parents = new Set(leaveRequests.map(({ spanId }) => spanId));
    await expect.poll(() => spans().filter(isValidation).length, { timeout: 20_000 }).toBeGreaterThan(0);
    for (const { parentSpanId: parent = '' } of spans().filter(isValidation))
      expect(parents).toContain(parent);
    expect(spans().find(({ name }) => name === 'graph_token')?.attributes).toEqual({
      'span.source': 'identity_provider',
    });
    expect(secretsIn(collector.bodies.join('\n'), [token])).toEqual([]);
  });
});

describe('metrics of the whole chain', () => {
  const read = async (url: string | undefined) => (await fetch(url ?? '')).text();
  const readBoth = async () =>
    (await read(chain.metricsUrls.middleTierApi)) + (await read(chain.metricsUrls.downstreamApi));
  const valueIn = (text: string, series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length) ?? 0,
    );

  test('cover requests, spans, caches, the token endpoint and dependencies, and contain nothing secret', async () => {
    const token = await chain.accessTokenOf(priya);
    const before = await readBoth();
    await overview(token);
    await overview(token);
    await fetch(`${chain.middleTierUrl}/api/${priya}?access_token=${token}`);
    const after = await readBoth();

    const grown = Object.entries({
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/api/overview",http_response_status_code="200"}': 2,
      'obo_span_duration_seconds_count{span="graph_me",outcome="ok"}': 2,
      'obo_span_duration_seconds_count{span="graph_token",outcome="ok",source="identity_provider"}': 3,
      'obo_span_duration_seconds_count{span="graph_token",outcome="ok",source="cache"}': 3,
      'obo_span_duration_seconds_count{span="database",outcome="ok"}': 4,
      'obo_cache_requests_total{cache="token_cache",level="memory",result="hit"}': 5,
      'obo_cache_requests_total{cache="token_cache",level="memory",result="miss"}': 5,
      'obo_cache_coalesced_total{cache="token_cache"}': 3,
      'obo_cache_entries{cache="token_cache",level="memory"}': 1,
      'obo_token_request_duration_seconds_count{outcome="ok"}': 2,
    }).filter(([series, by]) => valueIn(after, series) - valueIn(before, series) !== by);
    expect(grown).toEqual([]);
    expect(valueIn(after, 'obo_dependency_state{dependency="graph",state="answering"}')).toBe(1);
    expect(valueIn(after, 'obo_dependency_state{dependency="graph",state="circuit_open"}')).toBe(0);
    expect(secretsIn(after, [token])).toEqual([]);
    observeLog(after);
  });
});

describe('the middle tier as a process', () => {
  /** Writes the modules that were loaded to standard error, at the end. */
  const preload = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    process.on('exit', () => console.error(loaded.join('\\n')));`;
  const environment = (): Record<string, string> => {
    const { METRICS_PORT, OTEL_EXPORTER_OTLP_ENDPOINT, ...others } = chain.environments.middleTierApi;
    return { ...others, PORT: '0' };
  };

  test('loads no OpenTelemetry module when metrics and traces are off', async () => {
    const api = await startMiddleTierProcess(environment(), { preload });
    await overview(await chain.accessTokenOf(priya), api.url);
    api.signal('SIGTERM');
    expect(await api.ended).toMatchObject({ code: 0 });
    expect(api.errors()).toContain('/service-defaults/src/server/telemetry.ts');
    expect(api.errors()).not.toMatch(/\/node_modules\/@opentelemetry\/|export-traces|metrics-endpoint/);
  });

  test('sends its last spans when it stops, and serves GET /metrics until then', async () => {
    const own = await startTraceCollector();
    const wanted = { METRICS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: own.endpoint };
    const api = await startMiddleTierProcess({ ...environment(), ...wanted });
    await overview(await chain.accessTokenOf(priya), api.url);
    const { url } = JSON.parse(await api.logged('metrics'));
    expect(await (await fetch(url)).text()).toContain('http_route="/api/overview"');
    api.signal('SIGTERM');
    expect(await api.ended).toMatchObject({ code: 0 });
    expect(own.spans.map(({ name }) => name)).toContain('GET /api/overview');
    await expect(fetch(url)).rejects.toThrow();
    await own.close();
  });
});
