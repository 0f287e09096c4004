import type { Request, RequestHandler } from 'express';
import { observe, observeError } from '../../control-room/observed.ts';
import type { EntraServices } from '../entra-services.ts';
import { EntraError } from '../errors/entra-error.ts';
import { errorBody, logError, traceError } from '../errors/error-response.ts';
import { correlationId } from '../parameters.ts';

/**
 * Creates a handler that sends JSON with `Cache-Control: no-store`: what `answer` returns, or the EntraError it
 * throws.
 */
export function jsonEndpoint(
  entra: EntraServices,
  endpoint: string,
  answer: (request: Request) => Promise<Record<string, unknown>>,
): RequestHandler {
  return async (request, response) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    const trace = traceError(correlationId(request), entra.now());
    response.set('x-ms-request-id', trace.traceId);
    observe(response, { correlationId: trace.correlationId });
    try {
      const json = await answer(request);
      observe(response, { json });
      response.json(json);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      observeError(response, error);
      logError(entra, endpoint, error.number, trace.correlationId);
      response.status(error.status).json(errorBody(error, trace));
    }
  };
}
