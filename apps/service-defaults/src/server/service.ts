import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { createRequestInstruments, type Telemetry } from '../observability/instruments.ts';
import { observeRequests } from '../observability/observe-requests.ts';
import { errorHandler, notFound } from './error-handler.ts';
import type { Health } from './health.ts';
import { requireHost } from './malformed-request.ts';
import { createProblemPages } from './problem-pages.ts';
import { limitPerAddress } from './rate-limit.ts';
import { route } from './route.ts';

export interface ServiceOptions {
  logger: Logger;
  health: Health;
  /** Measures requests and their spans; nothing is measured if omitted. */
  telemetry?: Telemetry;
  /** Exact origins that browsers may call from; none if omitted. */
  allowedOrigins?: readonly string[];
  /** Requests a minute from one address; 0 or omitted for no limit. Health checks are not counted. */
  rateLimitPerAddress?: number;
  /** Number of own proxies whose `X-Forwarded-For` is trusted; none if omitted. */
  trustedProxyHops?: number;
  /** The OpenAPI document; omitted by a service that is not an API. */
  openapi?: object;
  /** The service's own routes. */
  routes: Router;
}

/** Creates a service: its own routes, and around them what every service has, in the order in which a request passes. */
export function createService(options: ServiceOptions): Express {
  const { logger, health, telemetry, allowedOrigins = [], openapi, routes } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustedProxyHops ?? 0);

  app.use(observeRequests(logger, { instruments: createRequestInstruments(telemetry) }));
  app.use(securityHeaders, noStore);
  if (allowedOrigins.length > 0) app.use(crossOriginAccess(allowedOrigins));
  app.use(requireHost);
  app.use(health.router);
  app.use(limitPerAddress(options.rateLimitPerAddress ?? 0));
  if (openapi) route(app, '/openapi.json', { get: (_request, response) => void response.json(openapi) });
  app.use(createProblemPages());
  app.use(routes);
  app.use(notFound, errorHandler);
  return app;
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-site' },
});

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

const crossOriginAccess = (allowedOrigins: readonly string[]): RequestHandler =>
  cors({
    origin: [...allowedOrigins],
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'traceparent', 'x-correlation-id'],
    exposedHeaders: [
      'WWW-Authenticate',
      'Server-Timing',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'x-correlation-id',
    ],
    maxAge: 600,
  });
