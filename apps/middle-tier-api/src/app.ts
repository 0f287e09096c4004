import { createAccessTokenGuard } from '@obo/access-token';
import { createOnBehalfOf } from '@obo/on-behalf-of';
import { reportDependencies } from '@obo/service-defaults/calls';
import type { Telemetry } from '@obo/service-defaults/observability';
import { createHealth, createService, type Health } from '@obo/service-defaults/server';
import { type Express, Router } from 'express';
import type { Logger } from 'pino';
import { type CalendarTimes, createCalendar } from './calendar/create-calendar.ts';
import type { Configuration } from './configuration.ts';
import { createPeopleReader } from './graph/people.ts';
import { createGraphClient } from './graph/profile.ts';
import { createDownstreamClient } from './leave/leave.ts';
import { createLeaveRoutes } from './leave/leave-routes.ts';
import { createMcpRoutes } from './mcp/create-mcp.ts';
import { describeApi } from './openapi.ts';
import { createOverviewRoutes } from './overview/overview-routes.ts';
import { createTeamRoutes } from './team/team-routes.ts';

/** Limits, in milliseconds, on what failures behind this API cost. */
export interface FailureTimes {
  /** For one call to a resource, and for one exchange. */
  callDeadline: number;
  /** For which a service that keeps failing is not called. */
  circuitPause: number;
  /** Of the jobs that change calendars. */
  calendar?: CalendarTimes;
}

const failureTimes: FailureTimes = { callDeadline: 3_000, circuitPause: 5_000 };

/** The middle tier, ready to listen. */
export interface MiddleTierApi {
  app: Express;
  health: Health;
  /** Resolves when the database can be used, if one is needed from the start. */
  opened: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Composes the middle tier in the order of a request: validate the token, exchange it, call the resources, aggregate.
 *
 * @param telemetry Nothing is measured if omitted.
 */
export function createMiddleTierApi(
  configuration: Configuration,
  logger: Logger,
  { callDeadline: deadline, circuitPause, calendar: times }: FailureTimes = failureTimes,
  telemetry: Telemetry = {},
): MiddleTierApi {
  const { meter } = telemetry;
  const guard = createAccessTokenGuard({ ...configuration, meter });
  const onBehalfOf = createOnBehalfOf({
    ...configuration,
    onRevoked: guard.forget,
    deadline,
    circuitPause,
    logger,
    telemetry,
  });
  const { graph, downstream } = configuration;
  const graphResource = onBehalfOf.resource('graph', graph.baseUrl);
  const graphClient = createGraphClient(graphResource, graph.scopes);
  const downstreamResource = onBehalfOf.resource('downstream', downstream.baseUrl);
  const downstreamClient = createDownstreamClient(downstreamResource, downstream.scopes);
  const connected = { onBehalfOf, graph: graphResource, downstream: downstreamResource };
  const calendar = createCalendar(configuration, { ...connected, guard, times, logger });

  const sections = {
    profile: graphClient.readProfile,
    leave: downstreamClient.readLeave,
  };
  const routes = Router();
  routes.use(createOverviewRoutes(guard, sections));
  routes.use(createLeaveRoutes(guard, graphClient, downstreamClient, calendar));
  const readPeople = createPeopleReader(graphResource, graph.scopes);
  routes.use(createTeamRoutes(guard, downstreamClient, readPeople, calendar), calendar.routes);
  routes.use(createMcpRoutes(configuration, { ...connected, guard, calendar }));

  const dependencies = { ...onBehalfOf.dependencies, ...calendar.dependencies };
  reportDependencies(meter, dependencies);
  const checks = { signing_keys: guard.ready, client_credential: onBehalfOf.ready };
  const health = createHealth(checks, dependencies);
  const openapi = describeApi(configuration.authority);
  const app = createService({ ...configuration, logger, health, telemetry, openapi, routes });
  const close = () => calendar.close().finally(onBehalfOf.close);
  return { app, health, opened: calendar.opened, close };
}
