import type { Directory } from '../directory/directory.ts';
import type { AuthorizationCodes } from './authorize/authorization-codes.ts';
import type { DeviceCodes } from './device/device-codes.ts';
import type { Secrets } from './keys/secrets.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { Lifetimes } from './lifetimes.ts';

/** How often a token was asked for, by grant. Tests of caching read it. */
export interface TokenRequestCounts {
  authorization_code: number;
  refresh_token: number;
  on_behalf_of: number;
  client_credentials: number;
  device_code: number;
}

/** One line for the log of whoever runs the tenant. Holds no token, code, secret or password. */
export interface TenantEvent {
  type: 'sign-in' | 'sign-out' | 'consent' | 'error' | 'tracing';
  [detail: string]: string | number | undefined;
}

/** What every part of Entra ID works with. */
export interface EntraServices {
  /** Origin of the tenant, without a slash at the end. */
  baseUrl: string;
  /** Origin to which browsers are sent to sign in; as a rule the same. */
  signInUrl: string;
  /** Every origin the tenant has. What was issued under one of them is good under all. */
  origins: readonly string[];
  directory: Directory;
  signingKeys: SigningKeys;
  secrets: Secrets;
  lifetimes: Lifetimes;
  codes: AuthorizationCodes;
  deviceCodes: DeviceCodes;
  requests: TokenRequestCounts;
  /** Seconds by which the tenant's clock is ahead of the machine's. */
  clock: { ahead: number };
  now: () => Date;
  log: (event: TenantEvent) => void;
}

/** Issuer of v2 tokens. */
export const issuerV2 = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/v2.0`;

/** Issuer of v1 tokens; Entra ID writes `https://sts.windows.net/{tenant}/`. */
export const issuerV1 = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/`;

/** Seconds since 1970, rounded down (RFC 7519 NumericDate). */
export const numericDate = (date: Date): number => Math.floor(date.getTime() / 1000);
