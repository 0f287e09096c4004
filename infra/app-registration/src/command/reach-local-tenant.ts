import { clouds } from '../clouds.ts';
import { accessLocalTenant } from '../local-tenant.ts';
import type { ReachedTenant } from './reached-tenant.ts';

/** @throws {LocalTenantUnreachableError} */
export async function reachLocalTenant(url: string): Promise<ReachedTenant> {
  const { authority, ...access } = await accessLocalTenant(url);
  return {
    ...access,
    kind: 'local',
    authorityUrl: new URL(authority).origin,
    tokenExchangeAudience: clouds.global.tokenExchangeAudience,
    signedInWith: () => 'its administrator',
  };
}
