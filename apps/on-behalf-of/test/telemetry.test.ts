import { makeAccessToken } from '@obo/access-token/testing';
import { startTelemetry } from '@obo/service-defaults/server';
import {
  createTestLogger,
  type SampleService,
  startSampleService,
  startTraceCollector,
  type TraceCollector,
} from '@obo/service-defaults/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOnBehalfOf, type OnBehalfOf } from '../src/on-behalf-of.ts';
import { optionsFor } from './instance.ts';
import { type ResourceServer, startResourceServer } from './resource-server.ts';
import { reject, startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const scopes = ['api://orders/Orders.Read', 'api://orders/Orders.Write'];
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

let endpoint: TokenEndpoint;
let resource: ResourceServer;
let collector: TraceCollector;
let telemetry: Awaited<ReturnType<typeof startTelemetry>>;
let service: SampleService;
let onBehalfOf: OnBehalfOf;
let token: ReturnType<typeof makeAccessToken>;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
  resource = await startResourceServer();
});
beforeEach(async () => {
  endpoint.forget();
  endpoint.behave();
  resource.behave();
  token = makeAccessToken();
  collector = await startTraceCollector();
  const options = {
    metrics: { host: 'localhost', port: 0 },
    traces: { endpoint: collector.endpoint, headers: {}, sampleRatio: 1 },
  };
  telemetry = await startTelemetry('middle-tier-api', options, createTestLogger('middle-tier-api'));
  onBehalfOf = createOnBehalfOf({ ...optionsFor(endpoint), telemetry });
  const orders = onBehalfOf.resource('orders', resource.url);
  service = await startSampleService({
    telemetry,
    work: () => orders.call(token, scopes, { span: 'orders_list', url: '/orders' }),
  });
});
afterEach(async () => {
  await Promise.all([service.close(), telemetry.close(), onBehalfOf.close()]);
  await collector.close();
});
afterAll(async () => {
  await Promise.all([endpoint.close(), resource.close()]);
});

/** Sends the service a request for which it calls the resource. */
const ask = (headers: Record<string, string> = {}) => fetch(`${service.url}/work`, { headers });

/** Returns what `Server-Timing` says about a span of one request, without its times. */
async function timing(name: string): Promise<Record<string, string>> {
  const header = (await ask()).headers.get('server-timing') ?? '';
  const entry = header.split(', ').find((one) => one.startsWith(`${name};`)) ?? '';
  const parameters = [...entry.matchAll(/;(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
  const { start: _, ...facts } = Object.fromEntries(parameters);
  return facts;
}

/** Stops the service, and returns the spans that it sent. */
async function spans() {
  await service.close();
  await telemetry.close();
  return collector.spans;
}

describe('Server-Timing', () => {
  const requested = { audience: 'api://orders', scope: 'Orders.Read Orders.Write' };

  test('says for which resource and scopes a token was requested, where it came from, and how old it is', async () => {
    expect(await timing('orders_token')).toEqual({ ...requested, desc: 'identity_provider', age: '0' });
    expect(await timing('orders_token')).toEqual({ ...requested, desc: 'cache', age: '0' });
  });

  test('says that a token was replaced because the resource had rejected it', async () => {
    await ask();
    const old = resource.received.at(-1);
    resource.behave((accessToken) => ({ status: accessToken === old ? 401 : 200 }));
    const facts = { ...requested, desc: 'identity_provider', age: '0', renewal: 'rejected' };
    expect(await timing('orders_token')).toEqual(facts);
  });

  test('says why there was no token', async () => {
    endpoint.behave(() => reject(65001, 'invalid_grant'));
    expect(await timing('orders_token')).toEqual({ ...requested, failure: 'consent_required' });
    expect(await timing('orders_list')).toEqual({});
  });

  test('says how the resource answered', async () => {
    resource.behave(() => ({ status: 403 }));
    expect(await timing('orders_list')).toEqual({ failure: '403' });
  });
});

describe('a trace', () => {
  test('contains the exchange below the token, and the request to the token endpoint continues it', async () => {
    const correlationId = crypto.randomUUID();
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    await ask({ 'x-correlation-id': correlationId, traceparent });
    const [request] = endpoint.requests;
    const sent = await spans();
    const idOf = (name: string) => sent.find((span) => span.name === name)?.spanId;
    expect(sent.map(({ name, kind, failed }) => ({ name, kind, failed }))).toEqual([
      { name: 'token_request', kind: 'client', failed: false },
      { name: 'orders_token', kind: 'internal', failed: false },
      { name: 'orders_list', kind: 'client', failed: false },
      { name: 'GET /work', kind: 'server', failed: false },
    ]);
    expect(sent[0]).toMatchObject({
      traceId,
      parentSpanId: idOf('orders_token'),
      attributes: { 'http.response.status_code': 200 },
    });
    expect(request?.headers.traceparent).toBe(`00-${traceId}-${idOf('token_request')}-01`);
    expect(request?.headers['client-request-id'] ?? request?.parameters['client-request-id']).toBe(
      correlationId,
    );
  });

  test.each([
    ['that is rejected', () => reject(65001, 'invalid_grant'), 400],
    ['that fails', () => ({ status: 500, body: {} }), 500],
  ])('shows an exchange %s as failed, with its status', async (_title, answer, status) => {
    endpoint.behave(answer);
    await ask();
    expect((await spans()).find(({ name }) => name === 'token_request')).toMatchObject({
      failed: true,
      attributes: { 'http.response.status_code': status },
    });
  });
});

describe('the duration of requests to the token endpoint', () => {
  const pattern = /^obo_token_request_duration_seconds_(count|sum)\{outcome="(\w+)"\} (\S+)$/gm;
  /** Returns count and sum, by outcome. */
  async function durations() {
    const text = await (await fetch(telemetry.metricsUrl ?? '')).text();
    return [...text.matchAll(pattern)].map(([, kind, outcome, value]) => ({
      kind,
      outcome,
      value: Number(value),
    }));
  }

  test.each([
    ['ok', undefined],
    ['rejected', () => reject(65001, 'invalid_grant')],
    ['rejected', () => ({ status: 401, body: {} })],
    ['failing', () => ({ status: 500, body: {} })],
  ])('is measured in seconds, with outcome %s', async (outcome, answer) => {
    endpoint.behave(answer);
    const started = performance.now();
    await ask();
    const seconds = (performance.now() - started) / 1000;
    const measured = await durations();
    expect(measured).toEqual([
      { kind: 'count', outcome, value: 1 },
      { kind: 'sum', outcome, value: expect.any(Number) },
    ]);
    expect(measured[1]?.value).toBeGreaterThan(0);
    expect(measured[1]?.value).toBeLessThan(seconds);
  });
});
