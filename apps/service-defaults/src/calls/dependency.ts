import { setTimeout as sleep } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import { currentRequest, requestBudget } from '../observability/request-context.ts';
import { CallFailed } from './call-failed.ts';
import { createCircuit, type DependencyState, dependencyStates } from './circuit.ts';

export interface DependencyOptions {
  /** Milliseconds for one attempt, from its start to the last byte of the response. */
  deadline: number;
  /** Milliseconds without calls after calls kept failing; 5 s if omitted. */
  circuitPause?: number | undefined;
}

/**
 * What bounds a piece of work besides its own deadline. `request`: the time left for the request being served, and its
 * caller going away. `process`: nothing, because several requests wait for the result.
 */
type Bound = 'request' | 'process';

export interface CallOptions {
  /** The user that the call is made for, if there is one; see {@link createCircuit}. */
  userKey?: string | undefined;
  /** Whether a second attempt is harmless; false if omitted. */
  repeatable?: boolean;
  /** `request` if omitted. */
  within?: Bound;
}

/** A service that we depend on. */
export interface Dependency {
  /**
   * Calls it: at most two attempts, each with its deadline, and none while the circuit is open.
   *
   * @param send Makes one attempt. It must settle when its signal aborts, and throw a {@link CallFailed} if the service
   *   gave no usable response.
   * @throws {CallFailed}
   */
  call<Result>(send: (signal: AbortSignal) => Promise<Result>, options?: CallOptions): Promise<Result>;
  /** Reports how the latest calls went, without making one. */
  state(): DependencyState;
}

/** Retries that may be made at once, and the share of calls that may be retried in the long run. */
const retryReserve = 10;
const retryShare = 0.1;

/** Milliseconds: a retry waits for a random time between these, so that callers do not return all at once. */
const shortestPause = 50;
const longestPause = 250;

/**
 * Creates the policy for all calls to one service: retry, deadline, circuit breaker, in this order from the outside.
 *
 * A repeatable call is retried once, after a connection error, 429, 502, 503 or 504, when `Retry-After` and a short
 * pause have passed. A timeout is not retried, as it has used up the time. At most a tenth of all calls are retried,
 * after a first ten, because more calls do not help an overloaded service ("Addressing Cascading Failures", Site
 * Reliability Engineering).
 */
export function createDependency({ deadline, circuitPause }: DependencyOptions): Dependency {
  const circuit = createCircuit(circuitPause);
  let retriesLeft = retryReserve;

  return {
    async call(send, { userKey, repeatable = false, within = 'request' } = {}) {
      const attempt = () => withDeadline(deadline, (signal) => circuit.run(send, signal, userKey), within);
      if (!repeatable) return attempt();

      retriesLeft = Math.min(retryReserve, retriesLeft + retryShare);
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof CallFailed) || !mayHavePassed(error) || retriesLeft < 1) throw error;
        const pause = pauseAfter(error);
        // A request that waits for shared work needs time of its own after it.
        const needed = within === 'process' ? 1.5 * deadline : deadline;
        if (pause + needed > timeLeft()) throw error;
        retriesLeft -= 1;
        await withDeadline(requestBudget, (signal) => sleep(pause, undefined, { signal }), within);
        return await attempt().catch((again: unknown) => {
          throw again instanceof CallFailed && again.reason === 'circuit_open' ? error : again;
        });
      }
    },
    state: circuit.state,
  };
}

function mayHavePassed({ reason, status }: CallFailed): boolean {
  if (reason === 'failing') return status === 502 || status === 503 || status === 504;
  return reason === 'unreachable' || reason === 'throttled';
}

const pauseAfter = ({ retryAfter = 0 }: CallFailed): number =>
  retryAfter * 1000 + shortestPause + Math.random() * (longestPause - shortestPause);

/** Returns the milliseconds left for the request being served; outside requests, all that a request has. */
function timeLeft(): number {
  const context = currentRequest.getStore();
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
  const context = bound === 'request' ? currentRequest.getStore() : undefined;
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

/** What tells the state of each dependency, by its name. */
export type DependencyStates = Readonly<Record<string, () => DependencyState | Promise<DependencyState>>>;

/** Reports the state of each dependency as a metric, as `/readyz` does: 1 for its state, 0 for the others. */
export function reportDependencies(meter: Meter | undefined, dependencies: DependencyStates): void {
  meter
    ?.createObservableGauge('obo_dependency_state', { description: 'How the latest calls went' })
    .addCallback(async (result) => {
      for (const [dependency, stateOf] of Object.entries(dependencies)) {
        const current = await stateOf();
        for (const state of dependencyStates)
          result.observe(state === current ? 1 : 0, { dependency, state });
      }
    });
}
