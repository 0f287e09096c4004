import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem, problems } from '../problems/problem.ts';

export interface RateLimitOptions {
  /** The name of this limit in the `RateLimit` header. */
  name: string;
  /** 0 for no limit. */
  requestsAMinute: number;
  /** Identifies the caller whose requests are counted. */
  keyOf: (request: Request, response: Response) => string;
}

const unlimited: RequestHandler = (_request, _response, next) => next();

/**
 * Limits the requests of a caller per minute, from the caller's first request, and rejects the others with 429
 * `too_many_requests` and `Retry-After` (RFC 6585, section 4). Every response reports the remaining requests in `RateLimit`
 * and `RateLimit-Policy` ("RateLimit header fields for HTTP", draft 8). Each process counts on its own.
 */
export function createRateLimit({ name, requestsAMinute: limit, keyOf }: RateLimitOptions): RequestHandler {
  if (limit === 0) return unlimited;
  return rateLimit({
    windowMs: 60_000,
    limit,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    // The checks at run time write to the console, and concern options that are not set here.
    validate: false,
    handler(_request, _response, next) {
      next(new Problem(problems.too_many_requests, { detail: 'Wait a minute, then try again.' }));
    },
  });
}

/** Limits the requests from each IPv4 address and each IPv6 /64, which is what one subscriber has. */
export const limitPerAddress = (requestsAMinute: number): RequestHandler =>
  createRateLimit({ name: 'address', requestsAMinute, keyOf: addressOf });

const withPort = /^(?:\[([^\]]+)\]|([\d.]+)):\d+$/;

/**
 * Returns the caller's address as the farthest trusted proxy saw it. Some proxies (Azure App Service, Application Gateway)
 * append a port, which would give each connection a limit of its own. A value that is not an address counts for the proxy
 * that wrote it.
 */
function addressOf({ ip = '', socket }: Request): string {
  const [, ipv6, ipv4] = withPort.exec(ip) ?? [];
  const address = ipv6 ?? ipv4 ?? ip;
  return ipKeyGenerator(isIP(address) === 0 ? (socket.remoteAddress ?? '') : address, 64);
}
