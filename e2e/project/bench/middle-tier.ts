import type { AccessTokenGuard } from '@obo/access-token';
import { makeAccessToken } from '@obo/access-token/testing';
import { createMiddleTierApi, readConfiguration } from '@obo/middle-tier-api';
import { createHttpClient } from '@obo/service-defaults/calls';
import { createLogger } from '@obo/service-defaults/observability';
import { createHealth, createRateLimit, createService, listen } from '@obo/service-defaults/server';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { createGraphClient } from '../../../apps/middle-tier-api/src/graph/profile.ts';
import { createDownstreamClient } from '../../../apps/middle-tier-api/src/leave/leave.ts';
import { createOverviewRoutes } from '../../../apps/middle-tier-api/src/overview/overview-routes.ts';
import { createResource } from '../../../apps/on-behalf-of/src/resource.ts';
import { largeToken, metadataAt, parties } from './large-tokens.ts';
import { answerMessages } from './program.ts';

const optionsSchema = z.object({
  /** The app, or the floor: the same app without authentication, which calls with a constant bearer token. */
  kind: z.enum(['middle tier', 'floor']),
  /** The origin of the services behind it. */
  behind: z.string(),
});
export type MiddleTierOptions = z.input<typeof optionsSchema>;

const logger = createLogger('bench', 'silent');

function configurationFor(behind: string) {
  return readConfiguration({
    TENANT_ID: parties.tenantId,
    AUTHORITY: parties.authority,
    AUTHORITY_METADATA: JSON.stringify(metadataAt(behind)),
    CLIENT_ID: parties.middleTierApi,
    CLIENT_SECRET: 'a secret of the bench',
    ALLOWED_CLIENT_IDS: parties.spa,
    ALLOWED_ORIGINS: 'http://localhost:3000',
    GRAPH_BASE_URL: `${behind}/v1.0`,
    DOWNSTREAM_API_BASE_URL: behind,
    DOWNSTREAM_API_APP_ID_URI: 'api://leave',
    // Limits that count requests but are never reached.
    RATE_LIMIT_PER_ADDRESS: '100000000',
    RATE_LIMIT_PER_USER: '100000000',
  });
}

function floor(configuration: ReturnType<typeof configurationFor>) {
  const accessToken = makeAccessToken();
  const limitPerUser = createRateLimit({
    name: 'user',
    requestsAMinute: configuration.rateLimitPerUser,
    keyOf: () => accessToken.userKey,
  });
  const letIn: RequestHandler = (request, response, next) => {
    response.locals.accessToken = accessToken;
    return limitPerUser(request, response, next);
  };
  const guard: AccessTokenGuard = {
    requireScope: () => letIn,
    forget: () => {},
    ready: async () => true,
  };
  const acquired = { accessToken: largeToken({ oid: 'nobody' }), source: 'cache', facts: {} } as const;
  const tokenCache = { find: () => acquired, exchange: async () => acquired };
  const resourceAt = (name: 'graph' | 'downstream', baseUrl: string) =>
    createResource({
      name,
      client: createHttpClient({ baseUrl, deadline: 3_000 }),
      tokenCache,
      revoke: () => {},
      authority: configuration.authority.url,
    });
  const { graph, downstream, allowedOrigins, rateLimitPerAddress } = configuration;
  const routes = Router().use(
    createOverviewRoutes(guard, {
      profile: createGraphClient(resourceAt('graph', graph.baseUrl), graph.scopes).readProfile,
      leave: createDownstreamClient(resourceAt('downstream', downstream.baseUrl), downstream.scopes)
        .readLeave,
    }),
  );
  const health = createHealth({});
  return createService({ logger, health, allowedOrigins, rateLimitPerAddress, openapi: {}, routes });
}

async function start({ kind, behind }: z.output<typeof optionsSchema>): Promise<string> {
  const configuration = configurationFor(behind);
  const app = kind === 'floor' ? floor(configuration) : createMiddleTierApi(configuration, logger).app;
  const { url } = await listen(app, { host: 'localhost', port: 0, logger });
  return url;
}

answerMessages((message) => {
  if (message !== 'cpu') return start(optionsSchema.parse(message));
  const { user, system } = process.cpuUsage();
  return user + system;
});
