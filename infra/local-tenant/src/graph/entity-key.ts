import type { NextFunction, Request, Response } from 'express';

/**
 * The key of an entity: `{ property: 'id', value }`, or an alternate key such as `appId` or `uniqueName` (OData 4.01,
 * part 2, §4.3.1 "Canonical URL").
 */
export interface EntityKey {
  property: string;
  value: string;
}

const parenthesised =
  /^(?<before>(?:\/[^/(]+)*)\/(?<set>[A-Za-z]+)\((?:(?<property>[A-Za-z]+)=)?'(?<value>(?:[^']|'')*)'\)(?<rest>.*)$/s;

/**
 * Rewrites `/applications(appId='x')/…` to `/applications/appId=x/…` and `/users('x')` to `/users/x`, at any depth,
 * so that routes match one form. Encodes slashes in values again.
 */
export function rewriteEntityKeys(request: Request, _response: Response, next: NextFunction): void {
  const [path = '', query] = splitOnce(request.url, '?');
  const decoded = decode(path);
  if (parenthesised.test(decoded)) {
    request.url = `${rewrite(decoded)}${query === undefined ? '' : `?${query}`}`;
  }
  next();
}

function rewrite(path: string): string {
  const groups = parenthesised.exec(path)?.groups;
  if (!groups) return encodeURI(path);
  const { before = '', set, property, value = '', rest = '' } = groups;
  const name = value.replaceAll("''", "'");
  const key = encodeURIComponent(property === undefined ? name : `${property}=${name}`);
  return `${encodeURI(before)}/${set}/${key}${rewrite(rest)}`;
}

/** Reads the key in a path segment after `rewriteEntityKeys`. */
export function readKey(segment: string): EntityKey {
  const match = /^(?<property>[A-Za-z]+)=(?<value>.*)$/s.exec(segment);
  return match?.groups
    ? { property: match.groups.property ?? '', value: match.groups.value ?? '' }
    : { property: 'id', value: segment };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
