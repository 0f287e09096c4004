import type { NextFunction, Request, Response } from 'express';
import { GraphError } from './graph-error.ts';
import { sendJson } from './odata-response.ts';

const unreadableBody = new GraphError(
  400,
  'BadRequest',
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
);

/** Answers with Graph's error envelope. Takes all four parameters because Express tells error handlers by their number. */
export function graphErrorHandler(now: () => Date) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, code, message, details, headers } = asGraphError(error);
    response.set(headers);
    sendJson(response, status, {
      error: {
        code,
        message,
        ...(details.length > 0 && { details }),
        innerError: {
          date: now().toISOString().slice(0, 19),
          'request-id': response.get('request-id'),
          'client-request-id': response.get('client-request-id'),
        },
      },
    });
  };
}

function asGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error;
  if (error instanceof Error && 'status' in error) {
    if (error.status === 413)
      return new GraphError(413, 'RequestEntityTooLarge', 'The request body is too large.');
    if (error.status === 400 || error.status === 415) return unreadableBody;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new GraphError(500, 'InternalServerError', `The local tenant failed: ${reason}`);
}
