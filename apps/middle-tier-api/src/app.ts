import { createAccessTokenGuard } from '@obo/access-token';
import type { DependencyName } from '@obo/on-behalf-of';
import { createDownstreamResource, createTokenAcquisition, type DownstreamResource } from '@obo/on-behalf-of';
import { createHttpClient, type HttpClient, reportDependencies } from '@obo/service-defaults/calls';
import { createHealth, createService, type Health, type Telemetry } from '@obo/service-defaults/server';
import { type Express, Router } from 'express';
import type { Logger } from 'pino';
import type { Configuration } from './configuration.ts';
import { createGraph } from './graph/profile.ts';
import { createLeaveApi } from './leave/leave.ts';
import { createLeaveRoutes } from './leave/leave-routes.ts';
import { openapi } from './openapi.ts';
import { createOverviewRoutes } from './overview/overview-routes.ts';

/** Times, in milliseconds, that bound what failures behind this API cost. */
export interface FailureTimes {
  /** For one call to a service behind this API, and for one exchange. */
  callDeadline: number;
  /** For which a service that keeps failing is not called. */
  circuitPause: number;
}

const failureTimes: FailureTimes = { callDeadline: 3_000, circuitPause: 5_000 };

/** The middle tier, ready to be listened to. */
export interface MiddleTierApi {
  app: Express;
  health: Health;
  close(): Promise<void>;
}

/**
 * Puts the middle tier together. Reads like the way of a request: validate, exchange, call, aggregate.
 *
 * @param telemetry Nothing is measured if omitted.
 */
export function createMiddleTierApi(
  configuration: Configuration,
  logger: Logger,
  { callDeadline, circuitPause }: FailureTimes = failureTimes,
  telemetry: Telemetry = {},
): MiddleTierApi {
  const { authority, graph, downstream } = configuration;
  const { meter } = telemetry;
  const guard = createAccessTokenGuard({ ...configuration, meter });

  const tokens = createTokenAcquisition({
    ...configuration,
    onForgotten: guard.forget,
    deadline: callDeadline,
    circuitPause,
    logger,
    telemetry,
  });
  const clients = new Map<DependencyName, HttpClient>();
  const resourceAt = (name: DependencyName, baseUrl: string): DownstreamResource => {
    const client = createHttpClient({ baseUrl, deadline: callDeadline, circuitPause });
    clients.set(name, client);
    return createDownstreamResource({ name, client, ...tokens, authority: authority.url });
  };
  const graphApi = createGraph(resourceAt('graph', graph.baseUrl), graph.scopes);
  const leaveApi = createLeaveApi(resourceAt('downstream', downstream.baseUrl), downstream.scopes);

  const routes = Router();
  const sources = {
    profile: graphApi.readProfile,
    leave: leaveApi.readLeave,
  };
  routes.use(createOverviewRoutes(guard, sources));
  routes.use(createLeaveRoutes(guard, graphApi, leaveApi));
  const dependencies = {
    ...tokens.dependencies,
    ...Object.fromEntries([...clients].map(([name, { state }]) => [name, state])),
  };
  reportDependencies(meter, dependencies);
  const health = createHealth({ signing_keys: guard.ready, client_credential: tokens.ready }, dependencies);
  const app = createService({
    logger,
    health,
    telemetry,
    allowedOrigins: configuration.allowedOrigins,
    rateLimitPerAddress: configuration.rateLimitPerAddress,
    trustedProxyHops: configuration.trustedProxyHops,
    openapi,
    routes,
  });
  return {
    app,
    health,
    async close() {
      await Promise.all([tokens, ...clients.values()].map((part) => part.close()));
    },
  };
}
