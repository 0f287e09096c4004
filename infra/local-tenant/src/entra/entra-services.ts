import type { LiveEvents } from '../control-room/live-events.ts';
import type { Recorder } from '../control-room/recorder.ts';
import type { Directory } from '../directory/directory.ts';
import type { Services } from '../switches/services.ts';
import type { TraceStore } from '../traces/trace-store.ts';
import type { AuthorizationCodes } from './authorize/authorization-codes.ts';
import type { DeviceCodes } from './device/device-codes.ts';
import type { Secrets } from './keys/secrets.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { Lifetimes } from './lifetimes.ts';

/** Number of token requests by grant, for tests of caches. */
export interface TokenRequestCounts {
  authorization_code: number;
  refresh_token: number;
  on_behalf_of: number;
  client_credentials: number;
  device_code: number;
}

/** A log entry. Contains no token, code, secret or password. */
export interface TenantEvent {
  type: 'sign-in' | 'sign-out' | 'consent' | 'token' | 'switch' | 'error' | 'tracing';
  [detail: string]: string | number | undefined;
}

/** What every endpoint of Entra ID uses. */
export interface EntraServices {
  /** Origin of the tenant, without a trailing slash. */
  baseUrl: string;
  /** Origin of the sign-in pages, usually the same. */
  signInUrl: string;
  /** Every origin of the tenant. A token issued under one is valid under all. */
  origins: readonly string[];
  directory: Directory;
  signingKeys: SigningKeys;
  secrets: Secrets;
  lifetimes: Lifetimes;
  codes: AuthorizationCodes;
  deviceCodes: DeviceCodes;
  requests: TokenRequestCounts;
  /** Seconds by which the tenant's clock is ahead of the machine's clock. */
  clock: { ahead: number };
  /** Until when Microsoft Graph answers 429, if it does; in milliseconds since 1970, by the tenant's clock. */
  graphThrottling: { until: number };
  /** The services that run beside the tenant; `undefined` if nothing can stop and start them. */
  services: Services | undefined;
  now: () => Date;
  /** For open pages of the control room. */
  events: LiveEvents;
  /** What the apps sent, for the control room. */
  traces: TraceStore;
  recorder: Recorder;
  log: (event: TenantEvent) => void;
}

/** Returns the issuer of v2 tokens. */
export const issuerV2 = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/v2.0`;

/** Returns the issuer of v1 tokens. Entra ID uses `https://sts.windows.net/{tenant}/`. */
export const issuerV1 = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/`;

/** Converts a date to seconds since 1970, rounded down (RFC 7519 NumericDate). */
export const numericDate = (date: Date): number => Math.floor(date.getTime() / 1000);
