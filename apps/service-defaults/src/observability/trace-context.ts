import { randomBytes } from 'node:crypto';

/** Where in a trace something stands (W3C Trace Context, section 3.2), in lower-case hexadecimal. */
export interface TraceContext {
  traceId: string;
  /** The span that has this place: its own, or for what it causes, the parent. */
  spanId: string;
  /** Two digits; `01` means that the trace is recorded. */
  traceFlags: string;
}

const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent` header; `undefined` for one that is not valid. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, traceId, spanId, traceFlags] = traceparent.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || traceFlags === undefined) return undefined;
  return { traceId, spanId, traceFlags };
}

/** Writes a `traceparent` header. */
export const renderTraceparent = ({ traceId, spanId, traceFlags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${traceFlags}`;

/** A place of its own in the caller's trace, or in a new one, for what no tracer records. */
export function createTraceContext(parent: TraceContext | undefined): TraceContext {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: parent?.traceFlags ?? '00',
  };
}
