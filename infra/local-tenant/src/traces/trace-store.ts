import type { Span } from './read-spans.ts';

/** The spans of one request, in the order in which they arrived. */
export interface Trace {
  traceId: string;
  spans: Span[];
}

/** The latest traces, in memory. */
export interface TraceStore {
  /**
   * Adds spans to their traces. Makes room by removing the oldest traces.
   *
   * @returns how many spans were rejected, because their trace has too many.
   */
  add(spans: readonly Span[]): number;
  /** Returns all traces, the oldest first. */
  list(): readonly Trace[];
  clear(): void;
}

const mostTraces = 100;
const mostSpans = 300;
/** Of all spans, as JSON. */
const mostCharacters = 4 * 1024 * 1024;

/**
 * Creates a store that holds 100 traces, 300 spans in each, and four million characters.
 *
 * @param onChange Called with each trace that has new spans.
 */
export function createTraceStore(onChange: (trace: Trace) => void): TraceStore {
  const traces = new Map<string, Trace>();
  const sizes = new Map<string, number>();
  let size = 0;

  function remove(traceId: string): void {
    size -= sizes.get(traceId) ?? 0;
    traces.delete(traceId);
    sizes.delete(traceId);
  }
  function removeOldest(except: string): void {
    for (const traceId of traces.keys()) {
      if (traces.size <= mostTraces && size <= mostCharacters) return;
      if (traceId !== except) remove(traceId);
    }
  }

  return {
    add(spans) {
      const changed = new Set<Trace>();
      let rejected = 0;
      for (const span of spans) {
        const { traceId, spanId } = span;
        const trace = traces.get(traceId) ?? { traceId, spans: [] };
        // An exporter sends spans again if it did not get the answer.
        if (trace.spans.some((known) => known.spanId === spanId)) continue;
        if (trace.spans.length >= mostSpans) {
          rejected += 1;
          continue;
        }
        traces.set(traceId, trace);
        trace.spans.push(span);
        const added = JSON.stringify(span).length;
        sizes.set(traceId, (sizes.get(traceId) ?? 0) + added);
        size += added;
        removeOldest(traceId);
        changed.add(trace);
      }
      for (const trace of changed) if (traces.has(trace.traceId)) onChange(trace);
      return rejected;
    },
    list: () => [...traces.values()],
    clear() {
      traces.clear();
      sizes.clear();
      size = 0;
    },
  };
}
