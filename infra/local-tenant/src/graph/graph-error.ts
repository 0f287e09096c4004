import type { NextFunction, Request, Response } from 'express';
import { observe } from '../control-room/observed.ts';
import { sendJson } from './odata-response.ts';

/** Thrown for an error response from Microsoft Graph ("Microsoft Graph error responses and resource types"). */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly { code: string; message: string; target: string }[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { details?: GraphError['details']; headers?: GraphError['headers'] } = {},
  ) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.details = extra.details ?? [];
    this.headers = extra.headers ?? {};
  }
}

/** Creates the error for a request that the directory rejects. */
export const badRequest = (message: string, code = 'Request_BadRequest') =>
  new GraphError(400, code, message);

export const invalidValue = (property: string, resource: string) =>
  badRequest(`Invalid value specified for property '${property}' of resource '${resource}'.`);

/** Creates the error for a value that another object has, perhaps a deleted one. */
export function conflict(property: string): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`;
  return new GraphError(400, 'Request_BadRequest', message, {
    details: [{ code: 'ObjectConflict', message, target: property }],
  });
}

export const notFound = (id: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/**
 * Creates the error for a token without the permission, or a user without the directory role. Graph does not say
 * which.
 */
export const insufficientPrivileges = () =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

/** Creates the error for a request above the limits ("Microsoft Graph throttling guidance"). */
export const tooManyRequests = (retryAfter: number) =>
  new GraphError(429, 'TooManyRequests', 'Please retry again later.', {
    headers: { 'Retry-After': String(retryAfter) },
  });

/** Creates the error for what Microsoft Graph may support and this tenant does not: never a plausible success. */
export const notImplemented = (what: string) =>
  new GraphError(501, 'notImplemented', `The local tenant does not implement ${what}. Microsoft Graph may.`);

const unreadableBody = new GraphError(
  400,
  'BadRequest',
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
);

/**
 * Creates Graph's error handler. It declares four parameters because Express recognizes error handlers by their
 * number.
 */
export function graphErrorHandler(now: () => Date) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, code, message, details, headers } = asGraphError(error);
    observe(response, { error: { code, text: message } });
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
