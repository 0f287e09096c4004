import type { Request } from 'express';
import { Problem, problems } from '../problems/problem.ts';
import { bearerChallenge } from './challenge.ts';

const credentials = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Reads the bearer token from the Authorization header, and from nowhere else (RFC 6750, sections 2 and 3.1).
 *
 * @returns the token, syntactically possible but not validated.
 * @throws {Problem} `missing_token` (401, bare challenge) when there is no header or another scheme;
 * `invalid_request` (400) when the header is repeated or malformed, or the token is in the URL as well.
 */
export function readBearerToken(request: Request): string {
  const [header, ...others] = request.headersDistinct.authorization ?? [];
  if (header === undefined || !/^bearer(?![^\s])/i.test(header)) {
    throw new Problem(problems.missing_token, {
      detail: 'Send the access token in the Authorization header, with the Bearer scheme.',
      headers: { 'WWW-Authenticate': bearerChallenge() },
    });
  }
  const token = credentials.exec(header)?.[1];
  if (token === undefined || others.length > 0 || request.query.access_token !== undefined) {
    throw new Problem(problems.invalid_request, {
      detail: 'Send one Authorization header that holds the word Bearer, a space, and one token.',
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_request' }) },
    });
  }
  return token;
}
