/**
 * Why a call to a service that we depend on returned no usable response.
 *
 * - `unreachable`: no connection, or it broke before the response was complete.
 * - `timed_out`: no complete response in time.
 * - `failing`: a 5xx response.
 * - `throttled`: a 429 response.
 * - `circuit_open`: not sent, because calls kept failing a moment ago.
 * - `answer_invalid`: a response that does not answer the call.
 * - `canceled`: the caller that the call was made for went away.
 */
export type FailureReason =
  | 'unreachable'
  | 'timed_out'
  | 'failing'
  | 'throttled'
  | 'circuit_open'
  | 'answer_invalid'
  | 'canceled';

/** A call to a service that we depend on failed. Holds nothing that was sent or received. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly reason: FailureReason;
  readonly outcome: FailureReason;
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** Seconds after which to try again, if the service named them or the circuit is open. */
  readonly retryAfter: number | undefined;
  /** The code of the network or of the HTTP parser, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** False if the call had less time than its deadline: then a timeout says nothing about the service. */
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

/** Reads the code of an error from Node.js, undici or Redis; empty if it has none. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
