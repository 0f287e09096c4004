import {
  currentRequestContext,
  requestContext,
  type TimingSource,
  withinRequest,
} from './request-context.ts';

/** Facts about a span that succeeded. */
export interface SpanResult {
  /** Where the result came from. */
  source?: TimingSource;
  /** The status of the response, if the span is a call. */
  status?: number;
}

export interface SpanOptions<Result> {
  /** `client` for a span that waits for another process; `internal` if omitted. */
  kind?: 'client' | 'internal';
  describe?: (result: Result) => SpanResult;
}

/** Records a cache hit. Cache hits get no span. */
export function recordCacheHit(name: string, source: TimingSource): void {
  const { serverTiming, instruments } = requestContext();
  serverTiming.record(name, 0, source);
  instruments.spanDuration?.record(0, { span: name, outcome: 'ok', source });
}

/**
 * Runs a step of the request being served, and records how long it took, whether it succeeds or fails: in
 * `Server-Timing`, as a metric, and as a span of the trace. Outside requests it only runs the step.
 *
 * @param name A token (RFC 9110), such as `graph_token`.
 */
export async function measureSpan<Result>(
  name: string,
  work: () => Promise<Result>,
  { kind = 'internal', describe }: SpanOptions<Result> = {},
): Promise<Result> {
  const context = currentRequestContext();
  if (!context) return work();
  const { serverTiming, instruments } = context;
  const span = instruments.tracer?.startSpan(name, { kind, parent: context });
  const started = performance.now();

  function end(outcome: string, { source, status }: SpanResult = {}): void {
    const milliseconds = performance.now() - started;
    serverTiming.record(name, milliseconds, source, outcome === 'ok' ? undefined : (status ?? outcome));
    instruments.spanDuration?.record(milliseconds / 1000, { span: name, outcome, ...(source && { source }) });
    span?.end(outcome, { 'span.source': source, 'http.response.status_code': status });
  }

  try {
    const result = await (span ? withinRequest({ ...context, spanId: span.spanId }, work) : work());
    const described = describe?.(result) ?? {};
    end(described.status !== undefined && described.status >= 400 ? 'rejected' : 'ok', described);
    return result;
  } catch (error) {
    end(outcomeOf(error));
    throw error;
  }
}

/**
 * Names a failure in one word, for metrics and spans. Our error classes have the word as `outcome`, so the number of
 * words is limited, and none comes from a message.
 *
 * @returns `error` for every other error.
 */
export function outcomeOf(error: unknown): string {
  const outcome: unknown = error instanceof Error ? Reflect.get(error, 'outcome') : undefined;
  return typeof outcome === 'string' ? outcome : 'error';
}
