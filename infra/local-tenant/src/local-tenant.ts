import { join } from 'node:path';
import type { Express, RequestHandler } from 'express';
import { forgetLostFailure } from './control-room/failure-lab.ts';
import { createLiveEvents } from './control-room/live-events.ts';
import { createRecorder, defaultLimits, type RecordingLimits } from './control-room/recorder.ts';
import { createApp } from './create-app.ts';
import { type Directory, openDirectory, tenant } from './directory/directory.ts';
import { createAuthorizationCodes } from './entra/authorize/authorization-codes.ts';
import { createDeviceCodes } from './entra/device/device-codes.ts';
import { endpoints } from './entra/discovery.ts';
import type { EntraServices, TenantEvent, TokenRequestCounts } from './entra/entra-services.ts';
import { openSecrets } from './entra/keys/secrets.ts';
import { openSigningKeys, type SigningKeys } from './entra/keys/signing-keys.ts';
import { defaultLifetimes, type Lifetimes } from './entra/lifetimes.ts';
import { forgetConsents, forgetSessions } from './switches/forget.ts';
import { resetTenant } from './switches/reset.ts';
import type { Services } from './switches/services.ts';
import { createTraceStore } from './traces/trace-store.ts';

/** MSAL's `authorityMetadata`, with which it does not fetch the discovery document. */
export interface AuthorityMetadata {
  issuer: string;
  jwks_uri: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint: string;
}

export interface LocalTenant {
  /** Serves Entra ID and Microsoft Graph. Mount it on the server at `baseUrl`. */
  app: Express;
  /**
   * Creates an app that serves the same tenant at another origin. Tokens issued there have that origin as issuer, and
   * are valid at every origin.
   */
  appAt(origin: string): Express;
  tenantId: string;
  /** Authority for MSAL: an https URL that is never fetched, because MSAL gets the metadata. */
  authority: string;
  authorityMetadata: AuthorityMetadata;
  graphBaseUrl: string;
  directory: Directory;
  signingKeys: SigningKeys;
  lifetimes: Lifetimes;
  /** Removes every consent of users and administrators. */
  forgetConsents(): void;
  /** Signs out every user: invalidates sessions, codes and refresh tokens. */
  forgetSessions(): void;
  /** Puts every switch back to its default, as `POST /local-tenant/reset` does. */
  reset(): void;
  requests: TokenRequestCounts;
}

export interface LocalTenantOptions {
  /** Origin at which clients reach the tenant, e.g. `http://localhost:4400`. */
  baseUrl: string;
  /** Host name of the sign-in pages, e.g. `login.localhost`. Default: the one of `baseUrl`. Only browsers use it. */
  signInHost?: string;
  /** Directory for applications, keys and secrets; `null` keeps them in memory. */
  dataDirectory: string | null;
  /** Called for each event to log. Events contain no token, code, secret or password. */
  log?: (event: TenantEvent) => void;
  /** Returns the current time. Default: the machine's clock. */
  now?: () => Date;
  /** The services that run beside the tenant, if something can stop and start them. */
  services?: Services | undefined;
  /** Limits of the messages kept for the control room; `false` keeps none. */
  recording?: Partial<RecordingLimits> | false;
  /**
   * Runs first for every request: `startTracing(…).traceRequests` of `@obo/local-tenant/tracing`. Default: shows the
   * requests in the control room, among the traces that the apps send there.
   */
  traceRequests?: RequestHandler | undefined;
}

/**
 * Creates a tenant: Microsoft Entra ID's sign-in and token endpoints, and Microsoft Graph, for development and tests.
 *
 * @throws {z.ZodError} if a file in the data directory has another format.
 */
export async function createLocalTenant(options: LocalTenantOptions): Promise<LocalTenant> {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const file = (name: string) => (options.dataDirectory === null ? null : join(options.dataDirectory, name));
  const events = createLiveEvents();
  const stateChanged = () => events.publish('state', {});
  const directory = openDirectory(file('directory.json'), stateChanged);
  forgetLostFailure(directory);
  const origins = [baseUrl];
  const clock = { ahead: 0 };
  const { recording = {} } = options;
  const now = options.now ?? (() => new Date());
  const entra: EntraServices = {
    baseUrl,
    signInUrl: withHost(baseUrl, options.signInHost),
    origins,
    directory,
    signingKeys: await openSigningKeys(file('signing-keys.json')),
    secrets: openSecrets(file('secrets.json')),
    lifetimes: { ...defaultLifetimes },
    codes: createAuthorizationCodes(),
    deviceCodes: createDeviceCodes(),
    requests: {
      authorization_code: 0,
      refresh_token: 0,
      on_behalf_of: 0,
      client_credentials: 0,
      device_code: 0,
    },
    clock,
    graphThrottling: { until: 0 },
    services: options.services,
    now: () => new Date(now().getTime() + clock.ahead * 1000),
    events,
    traces: createTraceStore((trace) => events.publish('trace', trace)),
    recorder: createRecorder(events, recording && { ...defaultLimits, ...recording }),
    log: options.log ?? (() => {}),
  };
  options.services?.subscribe(stateChanged);
  return {
    app: createApp(entra, options.traceRequests),
    appAt(origin) {
      origins.push(origin);
      return createApp({ ...entra, baseUrl: origin, signInUrl: origin }, options.traceRequests);
    },
    tenantId: tenant.id,
    authority: `${baseUrl.replace(/^http:/, 'https:')}/${tenant.id}`,
    authorityMetadata: endpoints(entra, tenant.id),
    graphBaseUrl: `${baseUrl}/graph/v1.0`,
    directory,
    signingKeys: entra.signingKeys,
    lifetimes: entra.lifetimes,
    forgetConsents: () => forgetConsents(entra),
    forgetSessions: () => forgetSessions(entra),
    reset: () => resetTenant(entra),
    requests: entra.requests,
  };
}

function withHost(origin: string, host: string | undefined): string {
  const url = new URL(origin);
  if (host !== undefined) url.hostname = host;
  return url.origin;
}
