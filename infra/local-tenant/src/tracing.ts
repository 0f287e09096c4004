import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Request, RequestHandler, Response } from 'express';
import type { TenantEvent } from './entra/entra-services.ts';
import { describeRequest, isTraced, methodOf } from './traces/request-span.ts';

export interface TracingOptions {
  /** Base URL of the OpenTelemetry collector (OTLP over HTTP), e.g. `http://localhost:4318`. */
  endpoint: string;
  /** Headers for the collector, e.g. its API key. */
  headers: Readonly<Record<string, string>>;
  /** Share of the traces starting here to record, from 0 to 1. Within a trace, its first service decides. */
  sampleRatio: number;
}

export interface Tracing {
  /** Records each request as a span in its caller's trace: pass it to `createLocalTenant`. */
  traceRequests: RequestHandler;
  /** Sends the remaining spans, for one second at most. */
  close(): Promise<void>;
}

const exportTimeoutMs = 5_000;
const closeTimeoutMs = 1_000;

/**
 * Starts recording requests and sending their spans to a collector (OTLP over HTTP). A collector that does not answer
 * costs spans, never a request.
 *
 * @param log Called when spans start getting lost, and when they are sent again.
 */
export function startTracing(
  { endpoint, headers, sampleRatio }: TracingOptions,
  log: (event: TenantEvent) => void = () => {},
): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'local-tenant',
      'service.instance.id': crypto.randomUUID(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: logFailures(exporter, log) })],
  });
  const tracer = provider.getTracer('local-tenant');

  return {
    traceRequests(request, response, next) {
      if (!isTraced(request)) return next();
      const parent = parseTraceParent(request.get('traceparent') ?? '');
      const context = parent
        ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true })
        : ROOT_CONTEXT;
      const span = tracer.startSpan(methodOf(request), { kind: SpanKind.SERVER }, context);
      response.once('close', () => endSpan(span, request, response));
      next();
    },
    async close() {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, closeTimeoutMs).unref());
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
    },
  };
}

function endSpan(span: Span, request: Request, response: Response): void {
  const { name, failed, attributes } = describeRequest(request, response);
  span.updateName(name).setAttributes(attributes);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Logs the first failed export and the first one that succeeds again, not each one between. */
function logFailures(exporter: SpanExporter, log: (event: TenantEvent) => void): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing)
          log({ type: 'tracing', message: 'cannot send traces; dropping them for now' });
        if (!failed && failing) log({ type: 'tracing', message: 'sending traces again' });
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
