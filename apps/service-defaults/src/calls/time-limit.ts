import { currentRequestContext, requestBudget } from '../observability/request-context.ts';
import { CallFailed } from './call-failed.ts';

/** Milliseconds left for the request being served; the whole budget outside of a request. */
export function timeLeft(): number {
  const context = currentRequestContext();
  return context ? Math.max(0, context.deadline - performance.now()) : requestBudget;
}

/**
 * Waits for work no longer than it may take.
 *
 * @param milliseconds How long it may take.
 * @param work Is given a signal that aborts when nobody waits any more; it may go on all the same.
 * @param cancel Ends the waiting before its time.
 * @param conclusive Whether running out of time is the work's own fault.
 * @throws {CallFailed} `timed_out` or `cancelled`, or what the work throws before.
 */
export async function withinTime<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
  { cancel, conclusive = true }: { cancel?: AbortSignal | undefined; conclusive?: boolean } = {},
): Promise<Result> {
  const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const end = (failure: CallFailed): void => {
    controller.abort(failure);
    // Work that ends by its signal is heard first, so that who counts its failures knows when the waiting ends.
    setImmediate(giveUp, failure);
  };
  const onCancel = (): void => end(new CallFailed('cancelled'));
  if (cancel?.aborted) throw new CallFailed('cancelled');
  cancel?.addEventListener('abort', onCancel, { once: true });
  const timer = setTimeout(() => end(new CallFailed('timed_out', { conclusive })), milliseconds);
  try {
    return await Promise.race([work(controller.signal), given]);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', onCancel);
  }
}

/**
 * As {@link withinTime}, but no longer than what is left for the request being served, and only as long as its caller
 * is there.
 *
 * @param milliseconds How long the work itself may take; all that is left if omitted.
 */
export async function withinRequest<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  milliseconds = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const left = timeLeft();
  if (left === 0) throw new CallFailed('timed_out', { conclusive: false });
  return withinTime(Math.min(milliseconds, left), work, {
    cancel: currentRequestContext()?.signal,
    conclusive: milliseconds <= left,
  });
}
