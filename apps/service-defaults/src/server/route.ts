import type { IRouter, RequestHandler } from 'express';
import { currentRequest } from '../observability/request-context.ts';
import { Problem, problems } from '../problems/problem.ts';

type Method = 'get' | 'post' | 'delete';

/**
 * Registers the handlers of one path, and answers every other method with 405 and `Allow` (RFC 9110, section 15.5.6).
 * Metrics and traces name the request by this path.
 */
export function route(
  router: IRouter,
  path: string,
  handlers: Partial<Record<Method, RequestHandler | readonly RequestHandler[]>>,
): void {
  const registered = router.route(path);
  registered.all((_request, _response, next) => {
    const context = currentRequest.getStore();
    if (context) context.observed.route = path;
    next();
  });
  const allowed = new Set(['OPTIONS']);
  for (const [method, handler] of Object.entries(handlers)) {
    const list = [handler].flat();
    if (method === 'get') {
      registered.get(...list);
      allowed.add('GET').add('HEAD');
    } else if (method === 'post') {
      registered.post(...list);
      allowed.add('POST');
    } else {
      registered.delete(...list);
      allowed.add('DELETE');
    }
  }
  const allow = [...allowed].sort().join(', ');
  registered.all((request, response) => {
    if (request.method !== 'OPTIONS')
      throw new Problem(problems.method_not_allowed, { headers: { Allow: allow } });
    response.set('Allow', allow).status(204).end();
  });
}
