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

/** How many of those 20 one user's 5xx may be: too few to open the circuit alone, enough for two users. */
const largestShare = 6;

/**
 * Creates a circuit breaker (Nygard, "Release It!"). It opens when calls keep failing, makes one trial call after a
 * pause while the others wait for its result, and closes when that call is answered.
 *
 * Every response counts as an answer, unless its status is 5xx. A 429 above all: one user who calls too often must not
 * take the service away from everyone. Nor must one user whose data the service cannot handle, so at most six 5xx for
 * one user count among the last 20 calls.
 *
 * @param pause Milliseconds.
 */
export function createCircuit(pause = defaultPause): Circuit {
  let openedAt = Number.NEGATIVE_INFINITY;
  let latest: DependencyState = 'unknown';
  /** For each counted call, the user who got a 5xx, or `undefined`. */
  const counted: (string | undefined)[] = [];
  const excused = new WeakSet<CallFailed>();

  const breaker: CircuitBreakerPolicy = circuitBreaker(
    handleWhen((error) =>
      breaker.state === CircuitState.HalfOpen
        ? // A trial call without a result decides nothing, so the circuit must stay open after it.
          failed(error) || undecided(error)
        : failed(error) && !excused.has(error),
    ),
    { breaker: new CountBreaker(breaking), halfOpenAfter: pause },
  );
  breaker.onBreak(() => {
    openedAt = performance.now();
  });
  breaker.onReset(() => {
    counted.length = 0;
  });
  const pauseLeft = (): number => openedAt + pause - performance.now();

  function count(userWith5xx: string | undefined): void {
    counted.push(userWith5xx);
    if (counted.length > breaking.size) counted.shift();
  }

  /** Notes how a call failed, before the breaker judges it. */
  function note(error: unknown, userKey: string | undefined): void {
    if (!failed(error)) {
      if (!undecided(error)) latest = 'answering';
      return;
    }
    latest = 'failing';
    const userWith5xx = error.reason === 'failing' ? userKey : undefined;
    const share = counted.filter((key) => key !== undefined && key === userWith5xx).length;
    if (share >= largestShare) excused.add(error);
    else count(userWith5xx);
  }

  return {
    async run(call, signal, userKey) {
      try {
        return await breaker.execute(async () => {
          try {
            const result = await call(signal);
            latest = 'answering';
            count(undefined);
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
