import { createAccessTokenGuard } from '@obo/access-token';
import type { Telemetry } from '@obo/service-defaults/observability';
import { createHealth, createService, type Health } from '@obo/service-defaults/server';
import { type Express, Router } from 'express';
import type { Logger } from 'pino';
import { ApprovalRepository } from './approvals/approval-repository.ts';
import { createApprovalRoutes } from './approvals/approval-routes.ts';
import type { Configuration } from './configuration.ts';
import type { Database } from './database/database.ts';
import { LeaveRepository } from './leave/leave-repository.ts';
import { createLeaveRoutes } from './leave/leave-routes.ts';
import { describeApi } from './openapi.ts';

export interface Dependencies {
  configuration: Configuration;
  logger: Logger;
  /** Remains the caller's to close. */
  database: Database;
  /** Without it, nothing is measured. */
  telemetry?: Telemetry;
  /** The clock of the leave rules; the system's clock if omitted. */
  now?: () => Date;
}

/** The downstream API, ready to listen. */
export interface DownstreamApi {
  app: Express;
  health: Health;
}

/** Creates the downstream API from its dependencies, in the order a request meets them: validate, decide, store. */
export function createDownstreamApi({
  configuration,
  logger,
  database,
  telemetry = {},
  now = () => new Date(),
}: Dependencies): DownstreamApi {
  const { authority, entitlementDays, stepUp } = configuration;
  const guard = createAccessTokenGuard({ ...configuration, meter: telemetry.meter });
  const leave = new LeaveRepository(database, entitlementDays, now);
  const routes = Router();
  routes.use(createLeaveRoutes(guard, leave, now));
  const approvals = new ApprovalRepository(database, now);
  routes.use(createApprovalRoutes(guard, approvals, { ...stepUp, authority }));
  const health = createHealth({ signing_keys: guard.ready, database: database.ready });
  const app = createService({
    logger,
    health,
    telemetry,
    rateLimitPerAddress: configuration.rateLimitPerAddress,
    trustedProxyHops: configuration.trustedProxyHops,
    openapi: describeApi(authority),
    routes,
  });
  return { app, health };
}
