import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Makes a call with the headers that tell the API its place in the trace, and records it. */
export type CallTracer = (
  name: string,
  call: (headers: Readonly<Record<string, string>>) => Promise<Response>,
) => Promise<Response>;

/** Milliseconds between two batches of spans. The last batch is sent when the page is hidden. */
const sendEvery = 2_000;

/**
 * Creates a tracer that starts a trace for each call, with the browser's span as the parent of the APIs' spans (W3C
 * Trace Context, section 3.2). The span holds the name of the call and its outcome, and nothing about the user, the
 * page or the token.
 *
 * @param url Where spans are sent, as JSON.
 */
export function createCallTracer(url: string): CallTracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'spa' }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), scheduledDelayMillis: sendEvery }),
    ],
  });
  const tracer = provider.getTracer('spa');

  return async (name, call) => {
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT }, ROOT_CONTEXT);
    const { traceId, spanId } = span.spanContext();
    const fail = (type: string): void => {
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    };
    try {
      const response = await call({ traceparent: `00-${traceId}-${spanId}-01` });
      span.setAttribute('http.response.status_code', response.status);
      if (!response.ok) fail(String(response.status));
      return response;
    } catch (error) {
      fail(error instanceof DOMException && error.name === 'AbortError' ? 'canceled' : 'no_response');
      throw error;
    } finally {
      span.end();
    }
  };
}
