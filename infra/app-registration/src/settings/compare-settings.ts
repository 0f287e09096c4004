import type { Settings } from './desired-settings.ts';

/** A setting that differs from its description. */
export interface Difference {
  /** Path of the property in Graph's resource, e.g. `spa.redirectUris`. */
  property: string;
  from: unknown;
  to: unknown;
}

/**
 * Compares an object of Microsoft Graph with its description. The order of collections does not matter. Members that the
 * description does not name, such as nulls and defaults that Graph adds, are ignored.
 *
 * @returns The settings that differ.
 */
export function compareSettings(actual: unknown, desired: Settings): Difference[] {
  return Object.entries(desired)
    .map(([property, to]) => ({ property, from: valueAt(actual, property), to }))
    .filter(({ from, to }) => !matches(from, to));
}

/** Builds a request body from paths: `{ 'spa.redirectUris': [] }` → `{ spa: { redirectUris: [] } }`. */
export function toRequestBody(settings: Settings): Record<string, unknown> {
  const body: Record<string, Record<string, unknown> | unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const [first = '', second] = path.split('.');
    if (second === undefined) body[first] = value;
    else body[first] = { ...asRecord(body[first]), [second]: value };
  }
  return body;
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((outer, name) => asRecord(outer)[name], value);
}

/** Checks whether a value is as described; see {@link compareSettings}. */
export function matches(actual: unknown, desired: unknown): boolean {
  if (Array.isArray(desired)) {
    const list: readonly unknown[] = Array.isArray(actual) ? actual : [];
    return (
      list.length === desired.length && desired.every((item) => list.some((other) => matches(other, item)))
    );
  }
  if (typeof desired === 'object' && desired !== null) {
    const record = asRecord(actual);
    return Object.entries(desired).every(([name, value]) => matches(record[name], value));
  }
  // Graph returns null for a switch that was never set: it is off.
  return (actual ?? (desired === false ? false : null)) === desired;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
