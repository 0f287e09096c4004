import { randomUUID } from 'node:crypto';
import type { EntraServices } from '../entra-services.ts';
import type { EntraError } from './entra-error.ts';

/** IDs and time of one error. Entra puts them into every error, so that support can find it. */
export interface ErrorTrace {
  traceId: string;
  correlationId: string;
  /** For example `2026-11-24 04:15:00Z`. */
  timestamp: string;
}

export function traceError(correlationId: string, now: Date): ErrorTrace {
  return {
    traceId: randomUUID(),
    correlationId,
    timestamp: `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`,
  };
}

/** Returns `error_description`: number, sentence, and the IDs to look it up. */
export const errorDescription = ({ message }: EntraError, trace: ErrorTrace): string =>
  `${message} Trace ID: ${trace.traceId} Correlation ID: ${trace.correlationId} Timestamp: ${trace.timestamp}`;

/** Returns the body of an error from the token endpoint ("Handling error codes in your application"). */
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

/** Logs an error by its number and the correlation ID that the client gets. */
export const logError = (
  { log }: Pick<EntraServices, 'log'>,
  endpoint: string,
  number: number,
  correlationId: string,
): void => log({ type: 'error', endpoint, number, correlationId });
