import { tenant } from '../directory/directory.ts';
import { entraError } from './errors/entra-error.ts';
import { isGuid } from './parameters.ts';
import type { Client } from './scopes/client.ts';

/** The first path segment: this tenant, or the tenant of whichever user signs in. */
export type TenantSegment = 'tenant' | 'organizations' | 'common';

const identifier = /^[0-9a-z-]+(\.[0-9a-z-]+)*$/i;
/**
 * Reads the tenant segment of an endpoint's path.
 *
 * @throws {EntraError} 90002 for an unknown tenant, 900023 for an invalid name.
 */
export function readTenantSegment(segment: string): TenantSegment | 'consumers' {
  const wanted = segment.toLowerCase();
  if (wanted === tenant.id || wanted === tenant.defaultDomain) return 'tenant';
  if (wanted === 'organizations' || wanted === 'common' || wanted === 'consumers') return wanted;
  const canNameTenant = isGuid(wanted) || (wanted.includes('.') && identifier.test(wanted));
  throw canNameTenant ? entraError(90002, [segment]) : entraError(900023, [segment.slice(0, 100)]);
}

/**
 * Checks that a single-tenant application uses its tenant's endpoint.
 *
 * @throws {EntraError} 50194 on `common` and `organizations`, 9002346 on `consumers`.
 */
export function checkTenantSegment(segment: TenantSegment | 'consumers', { application }: Client): void {
  if (segment === 'consumers') throw entraError(9002346, [application.appId, application.displayName]);
  if (segment !== 'tenant' && application.signInAudience === 'AzureADMyOrg') {
    throw entraError(50194, [application.appId, application.displayName]);
  }
}
