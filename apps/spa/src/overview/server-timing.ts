/** One step of a request, as `Server-Timing` reports it (W3C Server Timing, section 2). */
export interface Span {
  name: string;
  /** Milliseconds; `null` if the server did not say. */
  duration: number | null;
  /** Milliseconds between the arrival of the request and the start of the span. */
  start: number | null;
  /** Where the span's result came from, such as `cache` or `identity_provider`; `null` if not stated. */
  source: string | null;
  /** Why the step failed: the status of a response, or a word such as `consent_required`; `null` if it succeeded. */
  failure: string | null;
  /** What the span's token was requested for: a resource, and its scopes separated by spaces. */
  audience: string | null;
  scope: string | null;
  /** Seconds since the token was issued. */
  age: number | null;
  /** Why the token was renewed, or that it is being renewed: `rejected` or `background`. */
  renewal: string | null;
}

/** Parses a `Server-Timing` header: `graph_token;dur=41.2;desc="identity_provider", total;dur=80`. */
export function parseServerTiming(header: string | null): Span[] {
  const metrics = (header ?? '').match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return metrics.flatMap((metric) => {
    const parts = metric.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
    const [name = '', ...parameters] = parts.map((part) => part.trim());
    if (name === '') return [];
    const text = (parameter: string) => parameterOf(parameter, parameters);
    return [
      {
        name,
        duration: numberOf(text('dur')),
        start: numberOf(text('start')),
        source: text('desc'),
        failure: text('failure'),
        audience: text('audience'),
        scope: text('scope'),
        age: numberOf(text('age')),
        renewal: text('renewal'),
      },
    ];
  });
}

function parameterOf(name: string, parameters: readonly string[]): string | null {
  const parameter = parameters.find((text) => text.toLowerCase().startsWith(`${name}=`));
  const value = parameter?.slice(name.length + 1);
  return value?.replace(/^"(.*)"$/, (_quoted, text: string) => text.replace(/\\(.)/g, '$1')) ?? null;
}

function numberOf(text: string | null): number | null {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}
