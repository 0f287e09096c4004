import { z } from 'zod';

/** One measured step of a request, as the control room shows it. */
export interface Span {
  /** 32 hexadecimal digits in lower case, the same for every span of one request. */
  traceId: string;
  /** 16 hexadecimal digits in lower case. */
  spanId: string;
  /** The span that caused this one; `undefined` where a trace starts. */
  parentSpanId?: string | undefined;
  /** The program that recorded it. */
  service: string;
  name: string;
  kind: 'internal' | 'server' | 'client';
  /** Milliseconds since 1970, with fractions. */
  start: number;
  /** Milliseconds, with fractions. */
  duration: number;
  failed: boolean;
  /** Only those of {@link keptAttributes}. */
  attributes: Readonly<Record<string, string | number>>;
}

/** Text of a program that may hold anything. A token is longer than any word of a name or a route. */
const shortText = z.string().transform((text) => text.replace(/[^\s/]{41,}/g, '[long]').slice(0, 120));
const word = z.string().regex(/^[\w.-]{1,60}$/);

/** The attributes that are kept, if their values are of this kind. All others could hold a token, a code or a secret. */
const keptAttributes: Readonly<Record<string, z.ZodType<string | number>>> = {
  'http.request.method': z.string().regex(/^[A-Z_]{1,10}$/),
  'http.route': shortText,
  'http.response.status_code': z.coerce.number().int().min(100).max(599),
  'error.type': word,
  'span.source': word,
  'correlation.id': z.guid().toLowerCase(),
};

const attributesSchema = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).optional() }))
  .default([]);

function readAttributes(attributes: z.output<typeof attributesSchema>): Span['attributes'] {
  return Object.fromEntries(
    attributes.flatMap(({ key, value = {} }) => {
      const schema = Object.hasOwn(keptAttributes, key) ? keptAttributes[key] : undefined;
      const result = schema?.safeParse(value.stringValue ?? value.intValue);
      return result?.success ? [[key, result.data]] : [];
    }),
  );
}

const hexadecimal = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`, 'i'))
    .toLowerCase();
/** Nanoseconds since 1970: a string, because JSON numbers are too small (ProtoJSON, `fixed64`). */
const nanoseconds = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().min(0)])
  .transform((number) => Number(BigInt(number) / 1000n) / 1000);
const kinds = ['internal', 'internal', 'server', 'client', 'client', 'server'] as const;
/** `STATUS_CODE_ERROR`. */
const statusError = 2;

const requestSchema = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes: attributesSchema }).default({ attributes: [] }),
        scopeSpans: z
          .array(
            z.object({
              spans: z
                .array(
                  z.object({
                    traceId: hexadecimal(32),
                    spanId: hexadecimal(16),
                    parentSpanId: z.union([z.literal(''), hexadecimal(16)]).optional(),
                    name: shortText,
                    kind: z.int().min(0).max(5).default(0),
                    startTimeUnixNano: nanoseconds,
                    endTimeUnixNano: nanoseconds,
                    attributes: attributesSchema,
                    status: z.object({ code: z.int().default(0) }).default({ code: 0 }),
                  }),
                )
                .default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/**
 * Reads what an OpenTelemetry exporter sends (OTLP 1.x, `ExportTraceServiceRequest` in JSON). Unknown members are ignored,
 * as the specification demands; events, links, and attributes that are not in a fixed list are dropped.
 *
 * @returns `undefined` if any part of it is malformed.
 */
export function readSpans(body: unknown): Span[] | undefined {
  const { data } = requestSchema.safeParse(body);
  return data?.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = serviceName(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({ parentSpanId, kind, startTimeUnixNano, endTimeUnixNano, attributes, status, ...span }) => ({
          ...span,
          parentSpanId: parentSpanId || undefined,
          service,
          kind: kinds[kind] ?? 'internal',
          start: startTimeUnixNano,
          duration: Math.max(0, endTimeUnixNano - startTimeUnixNano),
          failed: status.code === statusError,
          attributes: readAttributes(attributes),
        }),
      ),
    );
  });
}

function serviceName(attributes: z.output<typeof attributesSchema>): string {
  const value = attributes.find(({ key }) => key === 'service.name')?.value?.stringValue;
  return shortText.safeParse(value).data || 'unknown service';
}
