import type { EntraServices } from '../entra/entra-services.ts';

/**
 * Takes back what users and administrators consented to.
 *
 * @param appId The client that loses it; if omitted, every client does.
 */
export function forgetConsents({ directory }: EntraServices, appId?: string): void {
  const { state } = directory;
  const client = appId === undefined ? undefined : directory.findServicePrincipal(appId);
  const kept = state.permissionGrants.filter(
    ({ clientId }) => appId !== undefined && clientId !== client?.id,
  );
  state.permissionGrants.splice(0, state.permissionGrants.length, ...kept);
  directory.save();
}

/** Signs everybody out everywhere: sessions, codes and refresh tokens are worth nothing any more. */
export function forgetSessions({ directory, secrets, codes, deviceCodes }: EntraServices): void {
  secrets.forget();
  codes.forget();
  deviceCodes.forget();
  directory.state.revocations = {};
  directory.save();
}
