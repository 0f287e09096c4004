import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Telemetry } from '../src/observability/instruments.ts';
import { measureSpan } from '../src/observability/request-context.ts';
import { bearerChallenge, Problem, problems } from '../src/problems/problem.ts';
import { createHealth } from '../src/server/health.ts';
import { jsonBody, parseBody } from '../src/server/json-body.ts';
import { type Listening, listen, type ReceiveTimeouts } from '../src/server/listen.ts';
import { route } from '../src/server/route.ts';
import { createService } from '../src/server/service.ts';
import { createTestLogger } from './logger.ts';

export const origin = 'https://app.example.com';

/** A service with one route of each kind, as the APIs have them. */
export interface SampleService extends Listening {
  /** All log lines. */
  logs: readonly string[];
  /** Counts the calls of handlers behind all checks. */
  handled(): number;
}

export interface SampleOptions {
  /** Protects two routes; requires any Authorization header if omitted. */
  protect?: RequestHandler;
  allowedOrigins?: string[];
  rateLimitPerAddress?: number;
  trustedProxyHops?: number;
  timeouts?: ReceiveTimeouts;
  telemetry?: Telemetry;
  /** The work of `GET /work`. */
  work?: () => Promise<unknown>;
}

/** Starts the service on a free port; the caller closes it. */
export async function startSampleService(options: SampleOptions = {}): Promise<SampleService> {
  const { protect = requireAuthorization, timeouts, work, ...serviceOptions } = options;
  const logs: string[] = [];
  const logger = createTestLogger('sample', logs);
  let handled = 0;

  const noteSchema = z.object({ text: z.string().max(20), kind: z.enum(['long', 'short']).optional() });
  const routes = Router();
  route(routes, '/notes', {
    get: [
      protect,
      (_request, response) => {
        handled += 1;
        response.json({});
      },
    ],
    post: [
      jsonBody,
      (request, response) => {
        handled += 1;
        response.status(201).json({ length: parseBody(request, noteSchema).text.length });
      },
    ],
  });
  route(routes, '/notes/:id', {
    get: [protect, (_request, response) => void response.json({})],
    delete: (request) => {
      if (!z.guid().safeParse(request.params.id).success)
        throw new Problem(problems.invalid_parameter, { detail: 'The id is a UUID.' });
      // Errors of libraries contain their input.
      throw new TypeError(`cannot delete ${request.params.id} of ${JSON.stringify(request.headers)}`);
    },
  });
  route(routes, '/work', {
    get: async (_request, response) => {
      await work?.();
      response.json({});
    },
  });

  const app = createService({
    logger,
    health: createHealth({ always: async () => true }),
    openapi: {},
    routes,
    ...serviceOptions,
  });
  const server = await listen(app, { host: 'localhost', port: 0, logger, ...(timeouts && { timeouts }) });
  return { ...server, logs, handled: () => handled };
}

const requireAuthorization: RequestHandler = async (request, _response, next) => {
  await measureSpan('authorize', async () => {
    if (request.get('authorization') === undefined)
      throw new Problem(problems.missing_token, { headers: { 'WWW-Authenticate': bearerChallenge() } });
  });
  next();
};
