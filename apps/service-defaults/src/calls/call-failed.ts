/**
 * Why a call to a service that we depend on gave no answer that can be used.
 *
 * - `unreachable`: no connection could be made, or it broke before the answer was whole.
 * - `timed_out`: no whole answer in time.
 * - `failing`: it answered that it cannot (5xx).
 * - `throttled`: it answered that it was asked too often (429).
 * - `circuit_open`: it was not asked, as it failed too often a moment ago.
 * - `answer_invalid`: it answered with something that is not an answer to the call.
 * - `cancelled`: nobody waits for the answer any more.
 */
export type FailureReason =
  | 'unreachable'
  | 'timed_out'
  | 'failing'
  | 'throttled'
  | 'circuit_open'
  | 'answer_invalid'
  | 'cancelled';

/** A call to a service that we depend on failed. Carries nothing of what was sent or answered. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly reason: FailureReason;
  readonly outcome: FailureReason;
  /** The status, if there was an answer. */
  readonly status: number | undefined;
  /** Seconds after which to try again, if the service said so or the circuit is open. */
  readonly retryAfter: number | undefined;
  /** The network's or the HTTP parser's code, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** False when the call was given less time than calls have: then silence says nothing about the service. */
  readonly conclusive: boolean;

  constructor(
    reason: FailureReason,
    details: { status?: number; retryAfter?: number | undefined; code?: string; conclusive?: boolean } = {},
  ) {
    super(`A call failed: ${reason}`);
    this.reason = reason;
    this.outcome = reason;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.code = details.code;
    this.conclusive = details.conclusive ?? true;
  }
}

/** The code that node, undici and axios give their errors. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); `undefined` for anything else. */
export function retryAfterSeconds(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = httpDate.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
