import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { CallFailed } from './call-failed.ts';

/** What is known about a service that we depend on, without calling it. */
export const dependencyStates = [
  /** It was not called yet. */
  'unknown',
  /** The latest call was answered, even if with a 4xx. */
  'answering',
  /** The latest call failed; the next one is made. */
  'failing',
  /** Calls fail at once, without being made. */
  'circuit_open',
] as const;
export type DependencyState = (typeof dependencyStates)[number];

/** Stops calls to a service that is down. One for each service, shared by all users. */
export interface Circuit {
  /**
   * Makes a call, unless the circuit is open.
   *
   * @param signal Is passed to the call.
   * @param userKey The user that the call is made for, if there is one.
   * @throws {CallFailed} `circuit_open`, with the seconds until a call is tried again; or what the call throws.
   */
  run<Result>(
    call: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    userKey: string | undefined,
  ): Promise<Result>;
  state(): DependencyState;
}

/** Milliseconds for which an open circuit makes no call. */
const defaultPause = 5_000;

/** The circuit opens when more than half of the last 20 calls failed, with at least 10 made. */
const breaking = { threshold: 0.5, size: 20, minimumNumberOfCalls: 10 };

/** How many of those 20 may be failed calls for one user: too few to open the circuit, whatever the others are. */
const largestShare = breaking.threshold * breaking.minimumNumberOfCalls;

/**
 * Creates a circuit breaker (Nygard, "Release It!"). It opens when calls keep failing, makes one trial call after a
 * pause while the others wait for its result, and closes when that call is answered.
 *
 * Every response counts as an answer, unless its status is 5xx. A 429 above all: one user who calls too often must not
 * take the service away from everyone. Nor must one user whose data the service cannot handle: at most five failed calls
 * for one user count among the last 20, and two failed trial calls in a row for one user close the circuit.
 *
 * @param pause Milliseconds.
 */
export function createCircuit(pause = defaultPause): Circuit {
  let openedAt = Number.NEGATIVE_INFINITY;
  let latest: DependencyState = 'unknown';
  /** For each of the last 20 counted calls, the user for whom it failed, or `undefined`. */
  const failedFor: (string | undefined)[] = [];
  let counted = 0;
  /** The user for whom the latest trial call failed. */
  let lastTrial: string | undefined;
  /** Failures that say more about a user than about the service. */
  const excused = new WeakSet<CallFailed>();

  const breaker: CircuitBreakerPolicy = circuitBreaker(
    handleWhen((error) =>
      failed(error)
        ? !excused.has(error)
        : // A trial call without a result decides nothing, so the circuit must stay open after it.
          breaker.state === CircuitState.HalfOpen && undecided(error),
    ),
    { breaker: new CountBreaker(breaking), halfOpenAfter: pause },
  );
  breaker.onBreak(() => {
    openedAt = performance.now();
  });
  breaker.onReset(() => {
    failedFor.length = 0;
    lastTrial = undefined;
  });
  const pauseLeft = (): number => openedAt + pause - performance.now();

  /** Notes how a call failed, before the breaker judges it. */
  function note(error: unknown, userKey: string | undefined): void {
    if (!failed(error)) {
      if (!undecided(error)) latest = 'answering';
      return;
    }
    latest = 'failing';
    if (breaker.state === CircuitState.HalfOpen) {
      if (userKey !== undefined && userKey === lastTrial) excused.add(error);
      lastTrial = userKey;
    } else if (userKey !== undefined && failedFor.filter((key) => key === userKey).length >= largestShare)
      excused.add(error);
    else failedFor[counted++ % breaking.size] = userKey;
  }

  return {
    async run(call, signal, userKey) {
      try {
        return await breaker.execute(async () => {
          try {
            const result = await call(signal);
            latest = 'answering';
            failedFor[counted++ % breaking.size] = undefined;
            return result;
          } catch (error) {
            note(error, userKey);
            throw error;
          }
        });
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new CallFailed('circuit_open', { retryAfter: Math.max(1, Math.ceil(pauseLeft() / 1000)) });
        throw error;
      }
    },
    state: () => (breaker.state === CircuitState.Open && pauseLeft() > 0 ? 'circuit_open' : latest),
  };
}

const failed = (error: unknown): error is CallFailed =>
  error instanceof CallFailed &&
  (error.reason === 'unreachable' ||
    error.reason === 'failing' ||
    (error.reason === 'timed_out' && error.conclusive));

const undecided = (error: unknown): boolean =>
  !(error instanceof CallFailed) || error.reason === 'canceled' || error.reason === 'timed_out';
