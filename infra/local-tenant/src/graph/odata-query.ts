import type { Request } from 'express';
import { badRequest, notImplemented } from './graph-error.ts';

/** The OData query options of a request that this tenant supports. */
export interface ODataQuery {
  /** Property names in `$select`, or `null` without it. */
  select: readonly string[] | null;
  /** Property and value of each `property eq 'value'` clause, joined by `and`. */
  filter: ReadonlyMap<string, string>;
  top: number;
  skip: number;
}

const pageSize = 100;
const understood = new Set(['$select', '$filter', '$top', '$skiptoken']);

/**
 * Parses the query options (OData 4.01, part 2, §5.1).
 *
 * @param parameters Names of the operation's own parameters, which are not OData's.
 * @throws {GraphError} 501 for an option or a filter that Graph may support and this tenant does not.
 */
export function readQuery(request: Request, parameters: readonly string[] = []): ODataQuery {
  const options = new URL(request.url, 'http://graph').searchParams;
  for (const name of options.keys()) {
    if (!understood.has(name) && !parameters.includes(name))
      throw notImplemented(`the query option '${name}'`);
  }
  const select = options.get('$select');
  return {
    select: select === null ? null : select.split(',').map((name) => name.trim()),
    filter: readFilter(options.get('$filter')),
    top: readCount(options.get('$top'), pageSize),
    skip: readCount(options.get('$skiptoken'), 0),
  };
}

function readFilter(filter: string | null): Map<string, string> {
  const clauses = new Map<string, string>();
  if (filter === null) return clauses;
  const clause = /\s*(?<property>[A-Za-z]+)\s+eq\s+'(?<value>(?:[^']|'')*)'\s*(?:and\b|$)/gy;
  let end = 0;
  for (const match of filter.matchAll(clause)) {
    clauses.set(match.groups?.property ?? '', (match.groups?.value ?? '').replaceAll("''", "'"));
    end = match.index + match[0].length;
  }
  if (end !== filter.length || clauses.size === 0) {
    throw notImplemented(`the filter "${filter}": it knows "property eq 'value'" joined by "and"`);
  }
  return clauses;
}

function readCount(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d{1,4}$/.test(text)) throw badRequest(`Invalid value '${text}' for a query option.`, 'BadRequest');
  return Number(text);
}

/**
 * Returns the entities that match the filter.
 *
 * @param filterable Properties that Graph can filter by.
 * @throws {GraphError} 400 for another property.
 */
export function applyFilter<T extends Record<Key, unknown>, Key extends string>(
  entities: readonly T[],
  filter: ODataQuery['filter'],
  filterable: readonly Key[],
): T[] {
  for (const property of filter.keys()) {
    if (!filterable.some((name) => name === property)) {
      throw badRequest(
        `Unsupported or invalid query filter clause specified for property '${property}'.`,
        'Request_UnsupportedQuery',
      );
    }
  }
  return entities.filter((entity) =>
    filterable.every((name) => {
      const wanted = filter.get(name);
      return wanted === undefined || String(entity[name]).toLowerCase() === wanted.toLowerCase();
    }),
  );
}

/**
 * Reduces an entity to the selected properties. As in Graph, `id` is included only if selected.
 *
 * @throws {GraphError} 400 if the type has no such property, 501 if it has one that is not stored here.
 */
export function applySelect(
  entity: Record<string, unknown>,
  select: readonly string[] | null,
  { type, notKept, byDefault }: { type: string; notKept: readonly string[]; byDefault?: readonly string[] },
): Record<string, unknown> {
  const names = select ?? byDefault ?? Object.keys(entity);
  return Object.fromEntries(
    names.map((name) => {
      if (Object.hasOwn(entity, name)) return [name, entity[name]];
      if (notKept.includes(name)) throw notImplemented(`the property '${name}' of ${type}`);
      throw badRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
        'BadRequest',
      );
    }),
  );
}

/** Returns one page of a collection, with the link to the next. */
export function pageOf<T>(
  entities: readonly T[],
  { top, skip }: ODataQuery,
  url: URL,
): { '@odata.nextLink'?: string; value: T[] } {
  const value = entities.slice(skip, skip + top);
  if (skip + top >= entities.length) return { value };
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(skip + top));
  return { '@odata.nextLink': next.href, value };
}
