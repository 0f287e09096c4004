import type { EntraServices } from '../entra/entra-services.ts';

/**
 * Removes consents of users and administrators.
 *
 * @param appId The client that loses them. Default: every client.
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

/** Withdraws one permission from an application, for every user and resource. */
export function forgetScope({ directory }: EntraServices, appId: string, scope: string): void {
  const { state } = directory;
  const client = directory.findServicePrincipal(appId);
  for (const grant of state.permissionGrants.filter(({ clientId }) => clientId === client?.id))
    grant.scope = grant.scope
      .split(' ')
      .filter((granted) => granted !== scope)
      .join(' ');
  state.permissionGrants = state.permissionGrants.filter((grant) => grant.scope !== '');
  directory.save();
}

/** Signs out every user: invalidates sessions, codes and refresh tokens. */
export function forgetSessions({ directory, secrets, codes, deviceCodes }: EntraServices): void {
  secrets.forget();
  codes.forget();
  deviceCodes.forget();
  directory.state.revocations = {};
  directory.save();
}
