import { createRequestInstruments, observeRequest, type Tracer } from '@obo/service-defaults/observability';
import type { RequestHandler } from 'express';
import { z } from 'zod';

const routeSchema = z.object({ path: z.string() });

/** Makes each request a span in its caller's trace, named by the route that took it, and by nothing of the request. */
export function traceRequests(tracer: Tracer): RequestHandler {
  const instruments = createRequestInstruments({ tracer });
  return (request, response, next) => {
    const observed = observeRequest(request, response, instruments);
    response.once('finish', () => {
      observed.route = routeSchema.safeParse(request.route).data?.path;
    });
    next();
  };
}
