import { cloudWith, type Environment } from '@obo/app-registration';
import { type ReachedTenant, reachTenant, type SignInSurroundings } from '@obo/app-registration/command';
import type { DoctorArguments } from './arguments.ts';

/**
 * Finds the tenant that the environment files are of, and the ways to sign in to it; `null` when they do not say.
 *
 * @throws {LocalTenantUnreachableError}
 */
export async function reachTenantOf(
  { AUTHORITY, TENANT_ID, GRAPH_BASE_URL }: Environment,
  args: DoctorArguments,
  localTenantUrl: string,
  surroundings: SignInSurroundings,
): Promise<ReachedTenant | null> {
  const target = {
    local: !args.tenant,
    tenant: TENANT_ID,
    cloud: 'global',
    'sign-in': args['sign-in'],
    'graph-token-file': args['graph-token-file'],
  } as const;
  if (target.local) return reachTenant({ ...target, ...nowhere }, localTenantUrl, surroundings);
  if (!TENANT_ID || !URL.canParse(AUTHORITY ?? '') || !URL.canParse(GRAPH_BASE_URL ?? '')) return null;
  const graphUrl = new URL(GRAPH_BASE_URL ?? '').origin;
  // People sign in to Microsoft Graph where its cloud has them do so, whatever the apps' own authority is.
  const authorityUrl = cloudWith(graphUrl)?.cloud.authorityUrl ?? new URL(AUTHORITY ?? '').origin;
  const origins = { 'authority-url': authorityUrl, 'graph-url': graphUrl };
  return reachTenant({ ...target, ...origins }, localTenantUrl, surroundings);
}

const nowhere = { 'authority-url': undefined, 'graph-url': undefined };
