import express from 'express';
import { z } from 'zod';
import { listen } from '../src/server/listen.ts';
import { observeLog } from './logger.ts';

const attributesSchema = z
  .array(
    z.object({
      key: z.string(),
      value: z
        .object({ stringValue: z.string(), intValue: z.coerce.number(), doubleValue: z.number() })
        .partial(),
    }),
  )
  .transform((attributes) =>
    Object.fromEntries(
      attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.doubleValue]),
    ),
  );

/** `STATUS_CODE_ERROR` of OTLP. */
const statusError = 2;

/** What an exporter sends (OTLP, `ExportTraceServiceRequest` in JSON), as far as tests look at it. */
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.int().transform((kind) => ['unspecified', 'internal', 'server', 'client'][kind]),
              attributes: attributesSchema.default({}),
              status: z.object({ code: z.int().optional() }).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface CollectedSpan {
  service: unknown;
  name: string;
  kind: string | undefined;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  attributes: Readonly<Record<string, unknown>>;
  failed: boolean;
}

/** Receives traces as a collector does. */
export interface TraceCollector {
  /** What exporters are given as `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  endpoint: string;
  spans: readonly CollectedSpan[];
  /** All bodies, as they came. */
  bodies: readonly string[];
  /** The headers of the requests. */
  headers: readonly Readonly<Record<string, unknown>>[];
  /** What it answers from now on. */
  answer(status: number): void;
  /** Answers no request from now on. */
  hang(): void;
  close(): Promise<void>;
}

/** Starts it on a free port. It takes traces from browsers too, of any origin. The test run observes what comes. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const headers: TraceCollector['headers'][number][] = [];
  let status = 200;
  let hangs = false;
  const app = express();
  app.use((request, response, next) => {
    response.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'content-type' });
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  });
  app.post('/v1/traces', express.text({ type: 'application/json', limit: '5mb' }), (request, response) => {
    if (hangs) return;
    headers.push(request.headers);
    observeLog(request.body);
    if (status === 200) {
      bodies.push(request.body);
      for (const { resource, scopeSpans } of exportSchema.parse(JSON.parse(request.body)).resourceSpans)
        for (const { status: outcome, parentSpanId, ...span } of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({
            service: resource.attributes['service.name'],
            parentSpanId,
            ...span,
            failed: outcome?.code === statusError,
          });
    }
    response.status(status).json({});
  });
  const server = await listen(app, { host: 'localhost', port: 0 });
  return {
    endpoint: server.url,
    spans,
    bodies,
    headers,
    answer(next) {
      status = next;
    },
    hang() {
      hangs = true;
    },
    close: () => server.close(),
  };
}
