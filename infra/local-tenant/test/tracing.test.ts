import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startTracing } from '../src/tracing.ts';
import { startTenant } from './entra/tenant.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentSpanId = '00f067aa0ba902b7';

const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({ name: z.string(), traceId: z.string(), parentSpanId: z.string().optional() }),
          ),
        }),
      ),
    }),
  ),
});

/** Starts a collector that answers with this status, and a tenant that sends traces to it. */
async function startTracedTenant(status = 200) {
  const spans: z.infer<typeof exportSchema>['resourceSpans'][number]['scopeSpans'][number]['spans'] = [];
  const headers: unknown[] = [];
  const collector = createServer(async (request, response) => {
    const { resourceSpans } = exportSchema.parse(await json(request));
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    headers.push(request.headers['x-api-key']);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  onTestFinished(() => void collector.close().closeAllConnections());
  const address = collector.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const events: unknown[] = [];
  const tracing = startTracing({ endpoint, headers: { 'x-api-key': 'key' }, sampleRatio: 1 }, (event) =>
    events.push(event),
  );
  const tenant = await startTenant({ traceRequests: tracing.traceRequests });
  return { tenant, spans, headers, events, close: () => tracing.close() };
}

test('a request is a span in its caller’s trace, named by its route and nothing the caller sent', async () => {
  const { tenant, spans, headers, close } = await startTracedTenant();
  await fetch(`${tenant.authorityMetadata.token_endpoint}?secret=of-the-caller`, {
    method: 'POST',
    headers: { traceparent: `00-${traceId}-${parentSpanId}-01` },
  });
  await fetch(`${tenant.baseUrl}/readyz`);
  await close();
  expect(spans).toEqual([{ name: 'POST /oauth2/v2.0/token', traceId, parentSpanId }]);
  expect(headers).toEqual(['key']);
});

test('a request whose caller does not record the trace is not recorded', async () => {
  const { tenant, spans, close } = await startTracedTenant();
  const headers = { traceparent: `00-${traceId}-${parentSpanId}-00` };
  await fetch(tenant.authorityMetadata.jwks_uri, { headers });
  await close();
  expect(spans).toEqual([]);
});

test('a collector that rejects spans costs no request, and is logged once', async () => {
  const { tenant, events, close } = await startTracedTenant(400);
  expect((await fetch(tenant.authorityMetadata.jwks_uri)).status).toBe(200);
  expect((await fetch(tenant.authorityMetadata.jwks_uri)).status).toBe(200);
  await close();
  expect(events).toEqual([{ type: 'tracing', message: expect.stringContaining('cannot send traces') }]);
});
