import type { RequestHandler } from 'express';
import type { EntraServices } from '../entra-services.ts';

/**
 * Lets pages read the token endpoint's answers if their origin is the origin of somebody's `spa` redirect URI,
 * and nobody else's. What a page may redeem is decided by the grant.
 */
export function tokenCors({ directory }: EntraServices): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const origin = request.get('origin');
    const registered = directory.state.applications.some(({ spa }) =>
      spa.redirectUris.some((uri) => URL.parse(uri)?.origin === origin),
    );
    if (origin !== undefined && registered) {
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Expose-Headers': 'Retry-After,x-ms-request-id,client-request-id',
      });
    }
    if (request.method !== 'OPTIONS') return next();
    if (origin !== undefined && registered) {
      response.set({
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': request.get('access-control-request-headers') ?? '',
        'Access-Control-Max-Age': '600',
      });
    }
    response.status(204).end();
  };
}
