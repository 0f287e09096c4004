import { accessTokenOf, createAccessTokenGuard } from '@obo/access-token';
import { api, client, type Forge, otherTenantId, scope, tenantId } from '@obo/access-token/testing';
import { Router } from 'express';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Telemetry } from '../../src/observability/instruments.ts';
import { Problem, problems } from '../../src/problems/problem.ts';
import { createHealth } from '../../src/server/health.ts';
import { jsonBody, parseBody } from '../../src/server/json-body.ts';
import type { ReceiveTimeouts } from '../../src/server/listen.ts';
import { type Listening, listen } from '../../src/server/listen.ts';
import { route } from '../../src/server/route.ts';
import { createService } from '../../src/server/service.ts';
import { createTestLogger } from '../../testing/logger.ts';

export const origin = 'https://app.example.com';

/** A service with one route of each kind, as the APIs have them. */
export interface SampleService extends Listening {
  /** Everything it logged, a line each. */
  logs: readonly string[];
  /** How often a handler behind all checks was reached. */
  handled(): number;
}

interface SampleOptions {
  forge?: Forge;
  allowedOrigins?: string[];
  rateLimitPerAddress?: number;
  rateLimitPerUser?: number;
  trustedProxyHops?: number;
  timeouts?: ReceiveTimeouts;
  telemetry?: Telemetry;
  /** What `GET /work` does. */
  work?: () => Promise<unknown>;
}

/** Starts it on a free port; the caller closes it. */
export async function startSampleService(options: SampleOptions = {}): Promise<SampleService> {
  const { forge, rateLimitPerUser, timeouts, work, ...serviceOptions } = options;
  const logs: string[] = [];
  const logger = createTestLogger('sample', logs);
  let handled = 0;

  const guard = createAccessTokenGuard({
    authority: {
      url: `https://login.microsoftonline.com/${tenantId}`,
      tenantId,
      allowedTenantIds: [tenantId, otherTenantId],
      issuer: forge?.issuer ?? 'https://issuer.example',
      jwksUri: forge?.jwksUri ?? 'http://localhost:1',
      metadata: undefined,
    },
    clientId: api,
    allowedClientIds: [client],
    validator: 'jose',
    rateLimitPerUser,
    meter: options.telemetry?.meter,
  });
  const noteSchema = z.object({ text: z.string().max(20), kind: z.enum(['long', 'short']).optional() });
  const routes = Router();
  route(routes, '/notes', {
    get: [
      guard.requireScope(scope),
      (_request, response) => {
        handled += 1;
        response.json({ oid: accessTokenOf(response).claims.oid });
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
    get: [guard.requireScope(scope), (_request, response) => void response.json({})],
    delete: (request) => {
      if (!z.guid().safeParse(request.params.id).success)
        throw new Problem(problems.invalid_parameter, { detail: 'The id is a UUID.' });
      // What a library throws holds what it was given.
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
  const server = await listen(app, {
    host: 'localhost',
    port: 0,
    logger,
    ...(timeouts ? { timeouts } : {}),
  });
  return { ...server, logs, handled: () => handled };
}

/** As {@link startSampleService}, for one test. */
export async function serveForThisTest(options: SampleOptions = {}): Promise<SampleService> {
  const service = await startSampleService(options);
  onTestFinished(() => service.close());
  return service;
}
