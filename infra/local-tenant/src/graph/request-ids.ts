import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';

/** Names the request as Graph does: `request-id`, and the client's own `client-request-id` when it is a GUID. */
export function nameRequest(request: Request, response: Response, next: NextFunction): void {
  const requestId = randomUUID();
  const own = z.guid().safeParse(request.get('client-request-id'));
  response.set({
    'request-id': requestId,
    'client-request-id': own.success ? own.data : requestId,
    'Cache-Control': 'no-cache',
    'OData-Version': '4.0',
  });
  next();
}
