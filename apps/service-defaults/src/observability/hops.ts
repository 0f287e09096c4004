import { outcomeOf } from './outcome.ts';
import { currentRequestContext, requestContext, withinSpan } from './request-context.ts';
import type { TimingSource } from './server-timing.ts';
import type { SpanOptions } from './tracer.ts';

/** What is told of a hop that gave a result. */
export interface HopResult {
  /** Where the result came from. */
  source?: TimingSource;
  /** The status of the answer, if the hop is a call. */
  status?: number;
}

export interface HopOptions<Result> {
  /** `client` for a hop that waits for another process; `internal` if omitted. */
  kind?: SpanOptions['kind'];
  describe?: (result: Result) => HopResult;
}

/** Tells of a hop that took no time, as its result was at hand. It is no span: it would only say that there was none. */
export function noteHop(name: string, source: TimingSource): void {
  const { serverTiming, instruments } = requestContext();
  serverTiming.record(name, 0, source);
  instruments.hopDuration?.record(0, { hop: name, outcome: 'ok', source });
}

/**
 * Does a part of the request being served and tells how long it took, whether it succeeds or fails: in `Server-Timing`,
 * in the metrics, and as a span of the trace, each of them where it is wanted. Outside of requests it only does it.
 *
 * @param name A token (RFC 9110), such as `graph_token`.
 */
export async function measureHop<Result>(
  name: string,
  work: () => Promise<Result>,
  { kind = 'internal', describe }: HopOptions<Result> = {},
): Promise<Result> {
  const context = currentRequestContext();
  if (!context) return work();
  const { serverTiming, instruments } = context;
  const span = instruments.tracer?.startSpan(name, { kind, parent: context });
  const started = performance.now();

  function end(outcome: string, { source, status }: HopResult = {}): void {
    const milliseconds = performance.now() - started;
    serverTiming.record(name, milliseconds, source);
    instruments.hopDuration?.record(milliseconds / 1000, { hop: name, outcome, ...(source && { source }) });
    span?.end(outcome, { 'hop.source': source, 'http.response.status_code': status });
  }

  try {
    const result = await (span ? withinSpan(span, work) : work());
    const told = describe?.(result) ?? {};
    end(told.status !== undefined && told.status >= 400 ? 'rejected' : 'ok', told);
    return result;
  } catch (error) {
    end(outcomeOf(error));
    throw error;
  }
}
