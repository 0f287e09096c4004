import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { entraError } from './errors/entra-error.ts';

/** Parameters of a request. Empty ones count as missing (RFC 6749 §3.1). */
export interface Parameters {
  get(name: string): string | undefined;
}

/** Reads form bodies as text, so that duplicated parameters can be found. Answers 413 over 256 kB. */
export const formBody: RequestHandler = express.text({
  type: 'application/x-www-form-urlencoded',
  limit: '256kb',
});

/**
 * Reads the parameters from the query, or from a posted form.
 *
 * @throws {EntraError} 9000411 for a duplicated one (RFC 6749 §3.1).
 */
export function readParameters(request: Request): Parameters {
  const query = request.originalUrl.split('?')[1] ?? '';
  const body: unknown = request.body;
  const parameters = new URLSearchParams(
    request.method === 'POST' ? (typeof body === 'string' ? body : '') : query,
  );
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    if (seen.has(name)) throw entraError(9000411, [name.slice(0, 100)]);
    seen.add(name);
  }
  return { get: (name) => parameters.get(name) || undefined };
}

const guidSchema = z.guid();

export const isGuid = (text: string): boolean => guidSchema.safeParse(text).success;

/** Returns the client's correlation ID from the query, the body or a header; otherwise a new one. */
export function correlationId(request: Request): string {
  const sent =
    new URLSearchParams(request.originalUrl.split('?')[1]).get('client-request-id') ??
    new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('client-request-id') ??
    request.get('client-request-id');
  return sent && isGuid(sent) ? sent.toLowerCase() : crypto.randomUUID();
}
