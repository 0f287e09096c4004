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
import type { TraceContext } from './trace-context.ts';
import type { Tracer } from './tracer.ts';

/** Which traces go where. */
export interface TraceExportOptions {
  /** The collector's base URL (OTLP over HTTP). */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** Which part of the traces that begin here is recorded, from 0 to 1. Who goes on with a trace has no choice. */
  sampleRatio: number;
}

export interface TraceExport {
  tracer: Tracer;
  close(): Promise<void>;
}

/** Milliseconds for sending spans, with what the library repeats of it; and for the last ones of a service that stops. */
const sendDeadline = 5_000;
const closeDeadline = 1_000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Records traces and sends them to a collector every five seconds (OTLP over HTTP, in JSON). A collector that does not
 * answer costs spans, and never a request.
 */
export function startTraceExport(
  service: string,
  { endpoint, headers, sampleRatio }: TraceExportOptions,
  logger: Logger,
): TraceExport {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: sendDeadline,
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

/** Logs when spans begin to be lost, and when that is over; a line for each lost batch would only add to the trouble. */
function noteFailures(exporter: OTLPTraceExporter, logger: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing) logger.warn('traces cannot be sent; they are lost until they can');
        if (!failed && failing) logger.info('traces are sent again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}
