import { isIP } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem, problems } from '../problems/problem.ts';

export interface RateLimitOptions {
  /** Tells this limit from others in the `RateLimit` header. */
  name: string;
  /** 0 for no limit. */
  requestsAMinute: number;
  /** Who is counted. */
  keyOf: (request: Request, response: Response) => string;
}

const unlimited: RequestHandler = (_request, _response, next) => next();

/**
 * Lets a caller make so many requests in any minute that begins with one of theirs, and refuses the others with 429
 * `too_many_requests` and `Retry-After` (RFC 6585, section 4). Every answer tells what is left, in `RateLimit` and
 * `RateLimit-Policy` ("RateLimit header fields for HTTP", draft 8). Each process counts for itself.
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
    // Its checks at run time write to the console, and are for options that are not set here.
    validate: false,
    handler(_request, _response, next) {
      next(new Problem(problems.too_many_requests, { detail: 'Wait a minute, then try again.' }));
    },
  });
}

/** As {@link createRateLimit}, for each address; of IPv6 for each /64, as that is what one subscriber has. */
export const limitPerAddress = (requestsAMinute: number): RequestHandler =>
  createRateLimit({ name: 'address', requestsAMinute, keyOf: (request) => addressOf(request) });

const withPort = /^(?:\[([^\]]+)\]|([\d.]+)):\d+$/;

/**
 * The caller's address, as the farthest trusted proxy saw it. Some proxies (Azure App Service, Application Gateway)
 * write a port behind it, which would give each connection a limit of its own. What is no address at all counts for
 * the proxy that wrote it.
 */
function addressOf({ ip = '', socket }: Request): string {
  const [, ipv6, ipv4] = withPort.exec(ip) ?? [];
  const address = ipv6 ?? ipv4 ?? ip;
  return ipKeyGenerator(isIP(address) === 0 ? (socket.remoteAddress ?? '') : address, 64);
}
