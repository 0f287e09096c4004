import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import type { Request } from 'express';

/** The syntax of a token, `b64token`. */
const syntax = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Reads the bearer token from the Authorization header, and from nowhere else (RFC 6750, sections 2 and 3.1).
 *
 * @returns what stands in the token's place. It can be anything: see {@link requireTokenSyntax}.
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
  const [scheme] = /^bearer +/i.exec(header) ?? [];
  if (scheme === undefined || others.length > 0 || request.query.access_token !== undefined)
    throw invalidRequest();
  return header.slice(scheme.length);
}

/**
 * Refuses what cannot be a token (RFC 6750, section 2.1). Looking at each character costs more than finding a token that
 * was let in before, so only those that were not are looked at.
 *
 * @throws {Problem} `invalid_request` (400).
 */
export function requireTokenSyntax(token: string): void {
  if (!syntax.test(token)) throw invalidRequest();
}

function invalidRequest(): Problem {
  return new Problem(problems.invalid_request, {
    detail: 'Send one Authorization header that holds the word Bearer, a space, and one token.',
    headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_request' }) },
  });
}
