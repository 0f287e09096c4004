import type { Response } from 'express';

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Sends JSON with Graph's exact content type, which Express would rewrite. */
export function sendJson(response: Response, status: number, body: object): void {
  response.status(status).setHeader('Content-Type', jsonType).end(JSON.stringify(body));
}

/** Builds `@odata.context` values, e.g. `…/v1.0/$metadata#users(displayName)/$entity`. */
export function contextOf(
  graphBaseUrl: string,
  entitySet: string,
  select: readonly string[] | null,
  single = true,
) {
  const columns = select === null ? '' : `(${select.join(',')})`;
  return `${graphBaseUrl}/$metadata#${entitySet}${columns}${single ? '/$entity' : ''}`;
}
