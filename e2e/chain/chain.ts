import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, type RegisterOptions, type RegisterResult, register } from '@obo/app-registration';
import {
  createDownstreamApi,
  type Database,
  openDatabase,
  readConfiguration as readDownstreamConfiguration,
} from '@obo/downstream-api';
import {
  azureCliAppId,
  createLocalTenant,
  type LocalTenant,
  password,
  signInOverHttp,
  users,
} from '@obo/local-tenant';
import {
  createMiddleTierApi,
  type FailureTimes,
  type MiddleTierApi,
  readConfiguration as readMiddleTierConfiguration,
} from '@obo/middle-tier-api';
import { startTelemetry } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { listenLate } from './late-listener.ts';

/** The addresses of the services behind the middle tier. */
export interface ServicesBehind {
  authorityMetadata: LocalTenant['authorityMetadata'];
  graphBaseUrl: string;
  downstreamUrl: string;
}

/** The whole chain except the SPA, on free ports: real servers, real tokens, an empty database. */
export interface Chain {
  tenant: LocalTenant;
  database: Database;
  middleTierUrl: string;
  downstreamUrl: string;
  /** The directory that has the environment files under `env`, as `.data` does. */
  dataDirectory: string;
  /** Addresses of the APIs' metrics, if `METRICS_PORT` is set in their environment. */
  metricsUrls: Readonly<Record<'middleTierApi' | 'downstreamApi', string | undefined>>;
  /** The environment that each app runs with. */
  environments: Readonly<
    Record<'spa' | 'middleTierApi' | 'downstreamApi' | 'cli' | 'bff' | 'mcpClient' | 'mobile', Environment>
  >;
  /** The log lines of both APIs. */
  logs: readonly string[];
  /** Makes the downstream API unreachable: connections are reset. What starts it again is a new one, with empty caches. */
  stopDownstreamApi(): void;
  startDownstreamApi(): void;
  /**
   * Replaces the running middle tier with a new one, whose caches are empty and whose circuits are closed.
   *
   * @param failureTimes Its timeouts; those of the chain if omitted.
   */
  renewMiddleTier(failureTimes?: FailureTimes): Promise<void>;
  /** Resets leave and every switch of the tenant: everything except the registrations. */
  reset(): Promise<void>;
  /** Signs a user in over plain HTTP, as the SPA would, and returns the access token for the middle tier. */
  accessTokenOf(userPrincipalName: string, options?: { scopes?: string[]; claims?: string }): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts local tenant, registration, downstream API and middle tier in this process.
 *
 * @param spaUrl The origin of the SPA.
 * @param bffUrl The origin of the backend for frontend, which is registered only with it.
 * @param signInHost Host name of the tenant's sign-in pages; localhost if omitted.
 * @param environment More variables for the APIs.
 * @param calendar Whether the middle tier adds leave to calendars.
 * @param mcp Whether the middle tier is an MCP server too.
 * @param collector The address that all apps send their traces to, the last ones when the chain is closed.
 * @param tracesInControlRoom Whether they send them to the local tenant, whose control room shows them, as in `start`.
 * @param failureTimes Timeouts of the middle tier; its own if omitted.
 * @param registerApps Registers the apps; the register command if omitted.
 * @param redirect Returns variables that point the middle tier at proxies in front of its dependencies.
 */
export async function startChain({
  spaUrl = 'http://localhost:1',
  bffUrl,
  signInHost = 'localhost',
  environment: moreVariables = {},
  calendar = false,
  mcp = false,
  collector,
  tracesInControlRoom = false,
  failureTimes,
  registerApps = register,
  redirect = async () => ({}),
}: {
  spaUrl?: string;
  bffUrl?: string | undefined;
  signInHost?: string;
  environment?: Record<string, string>;
  calendar?: boolean;
  mcp?: boolean;
  collector?: string;
  tracesInControlRoom?: boolean;
  failureTimes?: FailureTimes;
  registerApps?: (options: RegisterOptions) => Promise<Pick<RegisterResult, 'environments'>>;
  redirect?: (services: ServicesBehind) => Promise<Record<string, string>>;
} = {}): Promise<Chain> {
  const directory = await mkdtemp(join(tmpdir(), 'chain-'));
  const [tenantServer, downstreamServer, middleTierServer] = await Promise.all([
    listenLate(),
    listenLate(),
    listenLate(),
  ]);
  const logs: string[] = [];
  const endpoint = tracesInControlRoom ? tenantServer.url : collector;
  const collecting = endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const environment = { ...moreVariables, ...collecting };
  const tenantTracing =
    collector === undefined
      ? undefined
      : (await import('@obo/local-tenant/tracing')).startTracing({
          endpoint: collector,
          headers: {},
          sampleRatio: 1,
        });
  const downstreamApi = { name: 'downstream-api', isRunning: true };
  const listeners: (() => void)[] = [];
  const servicesChanged = () => {
    for (const listener of listeners) listener();
  };
  const tenant = await createLocalTenant({
    baseUrl: tenantServer.url,
    signInHost,
    dataDirectory: null,
    traceRequests: tenantTracing?.traceRequests,
    services: {
      list: () => [downstreamApi],
      subscribe: (listener) => listeners.push(listener),
      setRunning: (_name, isRunning) => (isRunning ? startDownstreamApi() : stopDownstreamApi()),
    },
  });
  tenantServer.serve(tenant.app);

  const administrator = users.find(({ directoryRoles }) => directoryRoles.length > 0);
  if (!administrator) throw new Error('The local tenant has no administrator');
  const administratorToken = signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: azureCliAppId,
    redirectUri: 'http://localhost',
    scopes: ['https://graph.microsoft.com/.default'],
    username: administrator.userPrincipalName,
    password,
  }).then(({ access_token }) => access_token);
  const { environments } = await registerApps({
    authority: tenant.authority,
    authorityMetadata: { ...tenant.authorityMetadata },
    graphBaseUrl: tenant.graphBaseUrl,
    getToken: () => administratorToken,
    urls: {
      spa: spaUrl,
      middleTierApi: middleTierServer.url,
      downstreamApi: downstreamServer.url,
      bff: bffUrl,
    },
    environmentDirectory: join(directory, 'env'),
    ...(mcp && { mcpUrl: `${middleTierServer.url}/mcp` }),
  });

  const downstreamConfiguration = readDownstreamConfiguration({
    ...environments.downstreamApi,
    ...environment,
  });
  const downstreamLogger = createTestLogger('downstream-api', logs);
  const downstreamTelemetry = await startTelemetry(
    'downstream-api',
    downstreamConfiguration.telemetry,
    downstreamLogger,
  );
  const database = await openDatabase({ directory: null }, downstreamLogger);
  const startDownstreamApi = () => {
    const { app } = createDownstreamApi({
      configuration: downstreamConfiguration,
      logger: downstreamLogger,
      database,
      telemetry: downstreamTelemetry,
    });
    downstreamServer.serve(app);
    downstreamApi.isRunning = true;
    servicesChanged();
  };
  const stopDownstreamApi = () => {
    downstreamServer.serve((request) => request.socket.destroy());
    downstreamApi.isRunning = false;
    servicesChanged();
  };
  startDownstreamApi();

  const redirection = await redirect({
    authorityMetadata: tenant.authorityMetadata,
    graphBaseUrl: tenant.graphBaseUrl,
    downstreamUrl: downstreamServer.url,
  });
  const middleTierEnvironment: Record<string, string> = {
    ...environments.middleTierApi,
    ...(calendar && {
      PUBLIC_URL: middleTierServer.url,
      TOKEN_CACHE_KEYS: `test:${randomBytes(32).toString('base64')}`,
    }),
    ...redirection,
    ...environment,
  };
  const middleTierLogger = createTestLogger('middle-tier-api', logs);
  const configured = readMiddleTierConfiguration(middleTierEnvironment);
  const configuration =
    configured.calendar && middleTierEnvironment.DATABASE_URL === undefined
      ? { ...configured, calendar: { ...configured.calendar, database: { directory: null } } }
      : configured;
  const telemetry = await startTelemetry('middle-tier-api', configuration.telemetry, middleTierLogger);
  const startMiddleTier = (times = failureTimes): MiddleTierApi => {
    const api = createMiddleTierApi(configuration, middleTierLogger, times, telemetry);
    middleTierServer.serve(api.app);
    return api;
  };
  let middleTier = startMiddleTier();

  return {
    tenant,
    database,
    middleTierUrl: middleTierServer.url,
    downstreamUrl: downstreamServer.url,
    dataDirectory: directory,
    metricsUrls: { middleTierApi: telemetry.metricsUrl, downstreamApi: downstreamTelemetry.metricsUrl },
    environments: {
      ...environments,
      spa: { ...environments.spa, ...collecting, ...(calendar && { CALENDAR: 'true' }) },
      middleTierApi: middleTierEnvironment,
    },
    logs,
    stopDownstreamApi,
    startDownstreamApi,
    async renewMiddleTier(times) {
      const replaced = middleTier;
      middleTier = startMiddleTier(times);
      await replaced.close();
    },
    async reset() {
      if (!downstreamApi.isRunning) startDownstreamApi();
      tenant.reset();
      await database.use((tables) => tables.deleteFrom('leave_request').execute());
    },
    async accessTokenOf(
      userPrincipalName,
      { scopes = [`${environments.spa.API_APP_ID_URI}/.default`], claims } = {},
    ) {
      const { access_token } = await signInOverHttp({
        authorityMetadata: tenant.authorityMetadata,
        clientId: environments.spa.CLIENT_ID ?? '',
        redirectUri: `${spaUrl}/redirect.html`,
        origin: spaUrl,
        scopes,
        username: userPrincipalName,
        password,
        consent: 'accept',
        ...(claims === undefined ? {} : { parameters: { claims } }),
      });
      return access_token;
    },
    async close() {
      await Promise.all([middleTierServer.close(), downstreamServer.close(), tenantServer.close()]);
      await Promise.all([middleTier.close(), database.close()]);
      await Promise.all([telemetry.close(), downstreamTelemetry.close(), tenantTracing?.close()]);
      await rm(directory, { recursive: true });
    },
  };
}
