import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Makes a call with the headers that tell the API its place in the trace, and records it. */
export type CallTracer = (
  name: string,
  call: (headers: Readonly<Record<string, string>>) => Promise<Response>,
) => Promise<Response>;

/** Milliseconds for which spans are gathered. What is left is sent when the page is hidden. */
const sendEvery = 2_000;

/**
 * Makes each call a trace: the span of the browser, which the APIs' spans go below (W3C Trace Context, section 3.2).
 * It tells the name of the call and how it ended; nothing of the person, the page or the token.
 *
 * @param url Where spans are sent, in JSON.
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
    const fail = (how: string): void => {
      span.setAttribute('error.type', how).setStatus({ code: SpanStatusCode.ERROR });
    };
    try {
      const response = await call({ traceparent: `00-${traceId}-${spanId}-01` });
      span.setAttribute('http.response.status_code', response.status);
      if (!response.ok) fail(String(response.status));
      return response;
    } catch (error) {
      fail(error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : 'no_answer');
      throw error;
    } finally {
      span.end();
    }
  };
}
