import { randomUUID } from 'node:crypto';
import { type Directory, tenant } from '../../directory/directory.ts';
import { permissionScopeSchema } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Client } from './client.ts';
import type { PermissionRequest } from './consent.ts';

/**
 * Lists the application permissions in the client's registration. Only an administrator can consent to them.
 *
 * @throws {EntraError} 650052, 650053 if the registration is invalid.
 */
export function registeredAppRoles(directory: Directory, client: Client): PermissionRequest[] {
  return client.application.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
    const listed = resourceAccess.filter(({ type }) => type === 'Role');
    if (listed.length === 0) return [];
    const found = directory.findResource(resourceAppId);
    if (!found?.servicePrincipal) throw entraError(650052, [resourceAppId, tenant.displayName]);
    const resource = { application: found.application, servicePrincipal: found.servicePrincipal };
    return listed.map(({ id }): PermissionRequest => {
      const role = found.application.appRoles.find((one) => one.id === id && one.isEnabled);
      if (!role) throw entraError(650053, [client.application.displayName, id, resourceAppId]);
      const permission = permissionScopeSchema.parse({
        id,
        value: role.value ?? '',
        type: 'Admin',
        adminConsentDisplayName: role.displayName,
        adminConsentDescription: role.description,
      });
      return { client, resource, permission, kind: 'application' };
    });
  });
}

/**
 * Tells whether the user or application may use an application that requires assignment: any role will do ("Restrict
 * a Microsoft Entra app to a set of users").
 */
export function isAssigned({ state }: Directory, { servicePrincipal }: Client, principalId: string): boolean {
  return (
    !servicePrincipal.appRoleAssignmentRequired ||
    state.appRoleAssignments.some(
      (one) => one.resourceId === servicePrincipal.id && one.principalId === principalId,
    )
  );
}

/** Assigns an app role of the resource to the client itself, unless it is assigned already. */
export function assignAppRole(
  directory: Directory,
  client: Client,
  resource: Client,
  appRoleId: string,
): void {
  const { appRoleAssignments } = directory.state;
  const principalId = client.servicePrincipal.id;
  const resourceId = resource.servicePrincipal.id;
  const exists = appRoleAssignments.some(
    (one) => one.principalId === principalId && one.resourceId === resourceId && one.appRoleId === appRoleId,
  );
  if (exists) return;
  appRoleAssignments.push({ id: randomUUID(), principalId, resourceId, appRoleId });
  directory.save();
}
