import type { RequestHandler } from 'express';
import type { EntraServices } from '../entra-services.ts';

/**
 * Lets pages read responses from the token endpoint if their origin is that of a registered `spa` redirect URI. Each
 * grant decides what a page may redeem.
 */
export function tokenCors(entra: EntraServices): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const origin = request.get('origin');
    const registered = hasRegisteredOrigin(entra, origin);
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

/** Tells whether an origin is that of a `spa` redirect URI. `null` stands for many origins, and is none of them. */
export const hasRegisteredOrigin = ({ directory }: EntraServices, origin: string | undefined): boolean =>
  origin !== 'null' &&
  directory.state.applications.some(({ spa }) =>
    spa.redirectUris.some((uri) => URL.parse(uri)?.origin === origin),
  );
