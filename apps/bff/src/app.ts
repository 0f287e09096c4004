import { reportDependencies } from '@obo/service-defaults/calls';
import type { Telemetry } from '@obo/service-defaults/observability';
import { createHealth, createService, type Health } from '@obo/service-defaults/server';
import { type Express, Router } from 'express';
import type { Logger } from 'pino';
import type { Configuration } from './configuration.ts';
import { createForwarding } from './middle-tier/forward.ts';
import { createCurrentSession } from './session/current-session.ts';
import { createRedisStores } from './session/redis-stores.ts';
import { createSessionRoutes } from './session/session-routes.ts';
import { createSessions } from './session/sessions.ts';
import { createMemoryStores } from './session/stores.ts';
import { createAttempts } from './sign-in/attempts.ts';
import { createSignInRoutes } from './sign-in/sign-in-routes.ts';
import { createWebClient } from './sign-in/web-client.ts';
import { createSite } from './site/site.ts';

/** The backend for frontend, ready to listen. */
export interface Bff {
  app: Express;
  health: Health;
  close(): Promise<void>;
}

/**
 * Composes the backend for frontend: it signs the user in, keeps the tokens in a session, forwards the SPA's requests to
 * the middle tier, and serves the SPA.
 *
 * Source: RFC 10017, section 6.1 (Backend For Frontend).
 *
 * @param telemetry Nothing is measured if omitted.
 */
export function createBff(configuration: Configuration, logger: Logger, telemetry: Telemetry = {}): Bff {
  const { publicUrl } = configuration;
  const { limit } = configuration.sessions;
  const stores = configuration.redis
    ? createRedisStores({ ...configuration.redis, limit, logger })
    : createMemoryStores(limit);
  const sessions = createSessions(stores, configuration.sessions);
  const attempts = createAttempts(stores);
  const webClient = createWebClient(configuration, telemetry);
  const current = createCurrentSession(sessions, webClient);
  const forwarding = createForwarding(configuration, current);
  const site = createSite(configuration);

  const routes = Router();
  routes.use(createSignInRoutes({ publicUrl, sessions, attempts, webClient }));
  routes.use(createSessionRoutes({ current, attempts, webClient }));
  routes.use(forwarding.routes);
  routes.use(site.routes);

  const dependencies = { ...webClient.dependencies, ...forwarding.dependencies, ...stores.dependencies };
  reportDependencies(telemetry.meter, dependencies);
  const health = createHealth({ client_credential: webClient.ready, site: site.ready }, dependencies);
  const app = createService({ ...configuration, logger, health, telemetry, routes });
  const close = () =>
    Promise.all([webClient.close(), forwarding.close(), stores.close()]).then(() => undefined);
  return { app, health, close };
}
