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
   * @param person For whom, if for one: what is answered to one person alone opens nothing.
   * @throws {CallFailed} `circuit_open`, with the seconds until a call is tried again; or what the call throws.
   */
  run<Result>(call: () => Promise<Result>, person?: string): Promise<Result>;
  state(): DependencyState;
}

/** Milliseconds for which an open circuit makes no call. */
export const defaultPause = 5_000;

/** The circuit opens when more than half of the last 20 calls failed, 10 of them at least having been made. */
const breaking = { threshold: 0.5, size: 20, minimumNumberOfCalls: 10 };

/** How many of them one person's may be: too few to open the circuit alone, enough for two people to. */
const largestShare = 6;

/**
 * A circuit breaker (Nygard, "Release It!"). It opens when calls keep failing, lets one try after a pause while
 * others wait for how that ends, and closes when it is answered.
 *
 * An answer is no failure, whatever it says, unless its status is 5xx. Above all 429 is none: one person who asks
 * too often must not take the service away from all the others. Nor must one person whose data it stumbles over: what
 * 5xx a person gets beyond six of the calls that are looked at does not count.
 *
 * @param pause Milliseconds.
 */
export function createCircuit(pause = defaultPause): Circuit {
  let openedAt = Number.NEGATIVE_INFINITY;
  let latest: DependencyState = 'unknown';
  /** Of the calls that count, whom a 5xx was answered to; nobody if the call ended otherwise. */
  const counted: (string | undefined)[] = [];
  const excused = new WeakSet<CallFailed>();

  const breaker: CircuitBreakerPolicy = circuitBreaker(
    handleWhen((error) =>
      breaker.state === CircuitState.HalfOpen
        ? // A try that was given up decides nothing, so the circuit must stay open after it.
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

  function note(whose: string | undefined): void {
    counted.push(whose);
    if (counted.length > breaking.size) counted.shift();
  }

  async function noted<Result>(call: () => Promise<Result>, person: string | undefined): Promise<Result> {
    try {
      const result = await call();
      note(undefined);
      return result;
    } catch (error) {
      if (failed(error)) {
        const whose = error.reason === 'failing' ? person : undefined;
        if (whose !== undefined && counted.filter((one) => one === whose).length >= largestShare)
          excused.add(error);
        else note(whose);
      }
      throw error;
    }
  }

  return {
    async run(call, person) {
      try {
        const result = await breaker.execute(() => noted(call, person));
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

const failed = (error: unknown): error is CallFailed =>
  error instanceof CallFailed &&
  (error.reason === 'unreachable' ||
    error.reason === 'failing' ||
    (error.reason === 'timed_out' && error.conclusive));

const undecided = (error: unknown): boolean =>
  !(error instanceof CallFailed) || error.reason === 'cancelled' || error.reason === 'timed_out';
