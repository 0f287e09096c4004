import { Agent } from 'node:https';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { OutgoingProxy } from '../calls/transport.ts';
import type { TraceContext, Tracer } from './instruments.ts';

/** Where traces are sent, and which. */
export interface TraceExportOptions {
  /** The collector's base URL (OTLP over HTTP). */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** Share of the traces that start here to record, from 0 to 1. Child spans follow the parent's sampling decision. */
  sampleRatio: number;
  /** The proxy for a collector that is called over https; none if omitted. */
  proxy?: OutgoingProxy | undefined;
}

export interface TraceExport {
  tracer: Tracer;
  close(): Promise<void>;
}

/** Milliseconds for sending spans, retries of the library included; and for the last ones at shutdown. */
const sendDeadline = 5_000;
const closeDeadline = 1_000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Records traces and sends them to a collector every five seconds (OTLP over HTTP, in JSON). If the collector does not
 * answer, spans are lost, but no request waits.
 */
export function startTraceExport(
  service: string,
  { endpoint, headers, sampleRatio, proxy }: TraceExportOptions,
  logger: Logger,
): TraceExport {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: sendDeadline,
    ...(proxy &&
      endpoint.startsWith('https:') && {
        httpAgentOptions: () =>
          new Agent({ keepAlive: true, proxyEnv: { HTTPS_PROXY: proxy.url, NO_PROXY: proxy.except } }),
      }),
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.instance.id': crypto.randomUUID(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: noteFailures(exporter, logger) })],
  });
  const recorder = provider.getTracer(service);

  const tracer: Tracer = {
    startSpan(name, { kind, parent, attributes = {} }) {
      const span = recorder.startSpan(name, { kind: kinds[kind], attributes }, contextOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        spanId,
        traceFlags: traceFlags.toString(16).padStart(2, '0'),
        end(outcome, more = {}, betterName = name) {
          span.updateName(betterName).setAttributes(more);
          if (outcome !== 'ok') {
            span.setAttribute('error.type', outcome);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
  };
  return {
    tracer,
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, closeDeadline).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

function contextOf(parent: TraceContext | undefined) {
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, traceFlags } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(traceFlags, 16),
  });
}

/** Logs when spans are lost for the first time, and when they are sent again; not every lost batch. */
function noteFailures(exporter: OTLPTraceExporter, logger: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing) logger.warn('traces cannot be sent, and are lost until they can');
        if (!failed && failing) logger.info('traces are sent again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}
