import type { z } from 'zod';
import { badRequest, invalidValue, notImplemented } from './graph-error.ts';

/** Properties of a resource that are not in the schema of its request body. */
export interface ResourceShape {
  /** Name of the resource in Graph's messages, e.g. `Application`. */
  resource: string;
  readOnly: readonly string[];
  /** Paths of Graph's properties that this tenant does not store, e.g. `conditions.locations`. */
  notKept: readonly string[];
}

/**
 * Parses a request body strictly.
 *
 * @throws {GraphError} 400 for an unknown or read-only property or an invalid value, 501 for a property not stored
 *   here.
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown, shape: ResourceShape): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw rejectedProperty(issue.keys[0] ?? '', issue.path, shape);
  const property = issue?.path.filter((part) => typeof part === 'string').join('.') ?? '';
  if (issue?.path.length === 1 && !(property in Object(body))) {
    throw badRequest(`A value is required for property '${property}' of resource '${shape.resource}'.`);
  }
  throw invalidValue(property, shape.resource);
}

function rejectedProperty(
  name: string,
  path: readonly PropertyKey[],
  { resource, readOnly, notKept }: ResourceShape,
) {
  const property = [...path.filter((part) => typeof part === 'string'), name].join('.');
  if (readOnly.includes(property))
    return badRequest(`Property '${property}' is read-only and cannot be set.`);
  if (notKept.includes(property)) return notImplemented(`the property '${property}' of ${resource}`);
  return badRequest(`Property '${property}' does not exist as a declared property or extension property.`);
}
