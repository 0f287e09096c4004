import { randomUUID } from 'node:crypto';
import type { EntraError } from './entra-error.ts';

/** What identifies one failure: Entra writes it into every error, so that support can find it. */
export interface ErrorTrace {
  traceId: string;
  correlationId: string;
  /** `2026-11-24 04:15:00Z`. */
  timestamp: string;
}

export function traceError(correlationId: string, now: Date): ErrorTrace {
  return {
    traceId: randomUUID(),
    correlationId,
    timestamp: `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`,
  };
}

/** The sentence clients see: number, text, and where to look. */
export const errorDescription = ({ message }: EntraError, trace: ErrorTrace): string =>
  `${message} Trace ID: ${trace.traceId} Correlation ID: ${trace.correlationId} Timestamp: ${trace.timestamp}`;

/** Body of a token endpoint error ("Handling error codes in your application"). */
export function errorBody(error: EntraError, trace: ErrorTrace): Record<string, unknown> {
  return {
    error: error.error,
    error_description: errorDescription(error, trace),
    error_codes: [error.number],
    timestamp: trace.timestamp,
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
    ...(error.uri !== undefined && { error_uri: error.uri }),
    ...(error.suberror !== undefined && { suberror: error.suberror }),
    ...(error.claims !== undefined && { claims: error.claims }),
  };
}
