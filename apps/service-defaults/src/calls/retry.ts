import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed } from './call-failed.ts';
import { timeLeft, withinRequest } from './time-limit.ts';

/** Retries that may be made at once, and the part of calls that may be retried for long. */
const reserve = 10;
const share = 0.1;

/** Milliseconds: a random time between these passes before a retry, so that callers do not come back all at once. */
const shortestPause = 50;
const longestPause = 250;

/** Decides whether and when a call to one service is made again. */
export interface Retries {
  /**
   * Makes a call, and makes it a second time if it failed in a way that may have passed.
   *
   * @param call One attempt.
   * @param needed Milliseconds that must be left after the pause; with less there is no second attempt.
   * @throws {CallFailed}
   */
  run<Result>(call: () => Promise<Result>, needed: number): Promise<Result>;
}

/**
 * Retries a call once: after a connection error, 429, 502, 503 or 504, when `Retry-After` or else a moment has
 * passed. Never after silence, which has used up its time.
 *
 * Retries are at most a tenth of all calls, after a first ten: a service that cannot keep up is not helped by more
 * calls ("Addressing Cascading Failures", Site Reliability Engineering).
 */
export function createRetries(): Retries {
  let allowed = reserve;
  return {
    async run(call, needed) {
      allowed = Math.min(reserve, allowed + share);
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof CallFailed) || !mayHavePassed(error)) throw error;
        const pause =
          (error.retryAfter ?? 0) * 1000 + shortestPause + Math.random() * (longestPause - shortestPause);
        if (allowed < 1 || pause + needed > timeLeft()) throw error;
        allowed -= 1;
        await withinRequest((signal) => sleep(pause, undefined, { signal }));
        return await call().catch((again: unknown) => {
          throw again instanceof CallFailed && again.reason === 'circuit_open' ? error : again;
        });
      }
    },
  };
}

function mayHavePassed({ reason, status }: CallFailed): boolean {
  if (reason === 'failing') return status === 502 || status === 503 || status === 504;
  return reason === 'unreachable' || reason === 'throttled';
}
