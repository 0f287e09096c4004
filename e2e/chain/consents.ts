import type { Chain } from './chain.ts';

/** Withdraws all consents of the middle tier. */
export function withdrawConsents({ tenant, environments }: Pick<Chain, 'tenant' | 'environments'>): void {
  const { state, findServicePrincipal } = tenant.directory;
  const middleTier = findServicePrincipal(environments.middleTierApi.CLIENT_ID ?? '');
  const kept = state.permissionGrants.filter(({ clientId }) => clientId !== middleTier?.id);
  state.permissionGrants.splice(0, state.permissionGrants.length, ...kept);
}
