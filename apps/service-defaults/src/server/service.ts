import cors from 'cors';
import express, { type Express, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { createRequestInstruments } from '../observability/instruments.ts';
import { logRequests } from '../observability/logging.ts';
import { openRequestContext } from '../observability/request-context.ts';
import { errorHandler, notFound } from './error-handler.ts';
import type { Health } from './health.ts';
import { requireHost } from './host-header.ts';
import { limitPerAddress } from './rate-limit.ts';
import { route } from './route.ts';
import type { Telemetry } from './telemetry.ts';

export interface ServiceOptions {
  logger: Logger;
  health: Health;
  /** Measures requests and their hops; nothing is measured if omitted. */
  telemetry?: Telemetry;
  /** Exact origins that browsers may call from; none if omitted. */
  allowedOrigins?: readonly string[];
  /** Requests a minute from one address; 0 or omitted for no limit. Health checks are not counted. */
  rateLimitPerAddress?: number;
  /** Proxies whose `X-Forwarded-For` is believed, counted from here; none if omitted. */
  trustedProxyHops?: number;
  /** The OpenAPI document, served at `/openapi.json`. */
  openapi: object;
  /** The service's own routes. */
  routes: Router;
}

/** What every API of ours has around its own routes, in the order a request meets it. */
export function createService({
  logger,
  health,
  telemetry,
  allowedOrigins = [],
  rateLimitPerAddress = 0,
  trustedProxyHops = 0,
  openapi,
  routes,
}: ServiceOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', trustedProxyHops);
  app.use(openRequestContext(logger, { instruments: createRequestInstruments(telemetry) }));
  app.use(logRequests);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      crossOriginResourcePolicy: { policy: 'same-site' },
    }),
  );
  app.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  if (allowedOrigins.length > 0) {
    app.use(
      cors({
        origin: [...allowedOrigins],
        methods: ['GET', 'POST', 'DELETE'],
        allowedHeaders: [
          'Authorization',
          'Content-Type',
          'Idempotency-Key',
          'traceparent',
          'x-correlation-id',
        ],
        exposedHeaders: [
          'WWW-Authenticate',
          'Server-Timing',
          'Retry-After',
          'RateLimit',
          'RateLimit-Policy',
          'x-correlation-id',
        ],
        maxAge: 600,
      }),
    );
  }
  app.use(requireHost);
  app.use(health.router);
  app.use(limitPerAddress(rateLimitPerAddress));
  route(app, '/openapi.json', { get: (_request, response) => void response.json(openapi) });
  app.use(routes);
  app.use(notFound);
  app.use(errorHandler);
  return app;
}
