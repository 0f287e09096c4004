import { expect, test } from 'vitest';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const matches = (pattern: RegExp) => (value: unknown) => isText(value) && pattern.test(value);
const isInteger = (value: unknown): value is number => Number.isInteger(value);
const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Formats of values, as in Microsoft's documents. */
const formats = {
  text: isText,
  'a GUID': matches(guid),
  'a JWT': matches(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/),
  'opaque text': matches(/^[\w.-]{10,}$/),
  'a URL': (value) => isText(value) && URL.canParse(value),
  seconds: (value) => isInteger(value) && value >= 0,
  'a Unix time': (value) => isInteger(value) && value > 1_700_000_000,
  'a list of texts': (value) => Array.isArray(value) && value.every(isText),
  'a list of GUIDs': (value) => Array.isArray(value) && value.every((one) => guid.test(one)),
  'a list of numbers': (value) => Array.isArray(value) && value.length > 0 && value.every(isInteger),
  'a sentence with its number': matches(
    /^AADSTS\d+: .+ Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
  ),
  'a moment': matches(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
  'a claims request': (value) => isText(value) && 'access_token' in JSON.parse(value),
  Bearer: (value) => value === 'Bearer',
  True: (value) => value === 'True',
  '0, 1 or 2': matches(/^[012]$/),
  '0 or 1': matches(/^[01]$/),
  JWT: (value) => value === 'JWT',
  RS256: (value) => value === 'RS256',
  '1.0': (value) => value === '1.0',
  '2.0': (value) => value === '2.0',
  absent: (value) => value === undefined,
} satisfies Record<string, (value: unknown) => boolean>;

/** Fields of a response, by name. Optional fields are `absent` if their condition is not met. */
export type Fields = Readonly<Record<string, keyof typeof formats>>;

/**
 * Tests a response against the table of fields on a page of Entra's documentation.
 *
 * @param answer Returns the response, once it is there.
 * @param beyond Fields that the service sends and the page does not list, with the reason to send them.
 */
export function testFields(
  page: string,
  answer: () => Readonly<Record<string, unknown>>,
  fields: Fields,
  beyond: Readonly<Record<string, string>> = {},
): void {
  test.each(Object.entries(fields))(`${page}: %s is %s`, (name, format) => {
    const value = answer()[name];
    expect(formats[format](value), `${name} is ${JSON.stringify(value)}`).toBe(true);
  });
  test(`${page}: nothing else, except ${Object.keys(beyond).join(', ') || 'that'}`, () => {
    const known = new Set([...Object.keys(fields), ...Object.keys(beyond)]);
    expect(Object.keys(answer()).filter((name) => !known.has(name))).toEqual([]);
  });
}

/** The error response of the token endpoint, which is the same on every page. */
export const errorFields: Fields = {
  error: 'text',
  error_description: 'a sentence with its number',
  error_codes: 'a list of numbers',
  timestamp: 'a moment',
  trace_id: 'a GUID',
  correlation_id: 'a GUID',
};
