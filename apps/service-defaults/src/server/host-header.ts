import type { RequestHandler } from 'express';
import { Problem, problems } from '../problems/problem.ts';

/** A registered name, an IPv4 or a bracketed IPv6 address, and perhaps a port (RFC 3986, section 3.2.2). */
const hostAndPort = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/**
 * Refuses a request without a Host header, with several, or with one that is no host (RFC 9112, section 3.2). What it
 * names is not looked at: no answer is built from it.
 *
 * @throws {Problem} `invalid_request` (400).
 */
export const requireHost: RequestHandler = (request, _response, next) => {
  const hosts = request.headersDistinct.host ?? [];
  const mayBeMissing = request.httpVersion === '1.0';
  const [host = mayBeMissing ? '' : undefined] = hosts;
  if (host === undefined || hosts.length > 1 || !hostAndPort.test(host))
    throw new Problem(problems.invalid_request, { detail: 'Send one Host header that names a host.' });
  next();
};
