import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { CallFailed } from './call-failed.ts';

/** What is known of a service that we depend on, without asking it. */
export const dependencyStates = [
  /** It was not called yet. */
  'unknown',
  /** The latest call was answered, if only with a refusal. */
  'answering',
  /** The latest call failed; the next one is made. */
  'failing',
  /** Calls fail at once, without being made. */
  'circuit_open',
] as const;
export type DependencyState = (typeof dependencyStates)[number];

/** Stops calling a service that is down. One for each service, for all people. */
export interface Circuit {
  /**
   * Makes a call, unless the circuit is open.
   *
   * @throws {CallFailed} `circuit_open`, with the seconds until a call is tried again; or what the call throws.
   */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  state(): DependencyState;
}

/** Milliseconds for which an open circuit makes no call. */
export const defaultPause = 5_000;

/** The circuit opens when more than half of the last 20 calls failed, 10 of them at least having been made. */
const breaking = { threshold: 0.5, size: 20, minimumNumberOfCalls: 10 };

/**
 * A circuit breaker (Nygard, "Release It!"). It opens when calls keep failing, lets one try after a pause while
 * others wait for how that ends, and closes when it is answered.
 *
 * An answer is no failure, whatever it says, unless its status is 5xx. Above all 429 is none: one person who asks
 * too often must not take the service away from all the others.
 *
 * @param pause Milliseconds.
 */
export function createCircuit(pause = defaultPause): Circuit {
  let openedAt = Number.NEGATIVE_INFINITY;
  let latest: DependencyState = 'unknown';

  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A try that was given up decides nothing, so the circuit must stay open after it.
    handleWhen((error) => failed(error) || (breaker.state === CircuitState.HalfOpen && undecided(error))),
    { breaker: new CountBreaker(breaking), halfOpenAfter: pause },
  );
  breaker.onBreak(() => {
    openedAt = performance.now();
  });
  const pauseLeft = (): number => openedAt + pause - performance.now();

  return {
    async run(call) {
      try {
        const result = await breaker.execute(call);
        latest = 'answering';
        return result;
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new CallFailed('circuit_open', { retryAfter: Math.max(1, Math.ceil(pauseLeft() / 1000)) });
        if (failed(error)) latest = 'failing';
        else if (!undecided(error)) latest = 'answering';
        throw error;
      }
    },
    state: () => (breaker.state === CircuitState.Open && pauseLeft() > 0 ? 'circuit_open' : latest),
  };
}

const failed = (error: unknown): boolean =>
  error instanceof CallFailed &&
  (error.reason === 'unreachable' ||
    error.reason === 'failing' ||
    (error.reason === 'timed_out' && error.conclusive));

const undecided = (error: unknown): boolean =>
  !(error instanceof CallFailed) || error.reason === 'cancelled' || error.reason === 'timed_out';
