/** One step of a request, as `Server-Timing` reports it (W3C Server Timing, section 2). */
export interface Span {
  name: string;
  /** Milliseconds; `null` if the server did not say. */
  duration: number | null;
  /** Where the span's result came from, such as `cache` or `identity_provider`; `null` if not stated. */
  source: string | null;
  /** Why the step failed: the status of a response, or a word such as `consent_required`; `null` if it succeeded. */
  failure: string | null;
}

/** Parses a `Server-Timing` header: `graph_token;dur=41.2;desc="identity_provider", total;dur=80`. */
export function parseServerTiming(header: string | null): Span[] {
  const metrics = (header ?? '').match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return metrics.flatMap((metric) => {
    const parts = metric.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
    const [name = '', ...parameters] = parts.map((part) => part.trim());
    if (name === '') return [];
    const duration = Number(parameterOf('dur', parameters) ?? Number.NaN);
    return [
      {
        name,
        duration: Number.isFinite(duration) ? duration : null,
        source: parameterOf('desc', parameters),
        failure: parameterOf('failure', parameters),
      },
    ];
  });
}

function parameterOf(name: string, parameters: readonly string[]): string | null {
  const parameter = parameters.find((text) => text.toLowerCase().startsWith(`${name}=`));
  return parameter?.slice(name.length + 1).replace(/^"(.*)"$/, '$1') ?? null;
}
