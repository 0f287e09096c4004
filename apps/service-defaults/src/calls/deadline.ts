import { currentRequestContext, requestBudget } from '../observability/request-context.ts';
import { CallFailed } from './call-failed.ts';

/**
 * What bounds a piece of work besides its own deadline. `request`: the time left for the request being served, and its
 * caller going away. `process`: nothing, because several requests wait for the result.
 */
export type Bound = 'request' | 'process';

/** Returns the milliseconds left for the request being served; outside requests, all that a request has. */
export function timeLeft(): number {
  const context = currentRequestContext();
  return context ? Math.max(0, context.deadline - performance.now()) : requestBudget;
}

/**
 * Waits for work until its deadline.
 *
 * @param milliseconds The deadline of the work itself.
 * @param work Receives a signal that aborts at the deadline. Waiting ends then, whether or not the work stops.
 * @throws {CallFailed} `timed_out` or `canceled`, or what the work throws before.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
  bound: Bound = 'request',
): Promise<Result> {
  const context = bound === 'request' ? currentRequestContext() : undefined;
  const left = context ? context.deadline - performance.now() : milliseconds;
  const canceled = context?.signal;
  if (left <= 0) throw new CallFailed('timed_out', { conclusive: false });
  if (canceled?.aborted) throw new CallFailed('canceled');

  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (failure: CallFailed): void => {
    controller.abort(failure);
    // Work that stops at its signal settles first, so that the circuit has counted it when the caller goes on.
    setImmediate(reject, failure);
  };
  const cancel = (): void => end(new CallFailed('canceled'));
  const timer = setTimeout(
    () => end(new CallFailed('timed_out', { conclusive: milliseconds <= left })),
    Math.min(milliseconds, left),
  );
  canceled?.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    canceled?.removeEventListener('abort', cancel);
  }
}
