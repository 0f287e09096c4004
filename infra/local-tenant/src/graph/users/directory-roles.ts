import { Router } from 'express';
import { directoryRoleTemplates } from '../../directory/users.ts';
import { callerOf } from '../authentication.ts';
import { applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { checkPermission, type Permission } from '../permissions.ts';
import { signedInUser } from './user-permissions.ts';

const readMembership: Permission = {
  delegated: ['User.Read', 'User.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};

const shape = { type: 'directoryRole', notKept: ['description', 'deletedDateTime'] };

const displayNames: Readonly<Record<string, string>> = {
  [directoryRoleTemplates.globalAdministrator]: 'Global Administrator',
  [directoryRoleTemplates.privilegedRoleAdministrator]: 'Privileged Role Administrator',
  [directoryRoleTemplates.applicationAdministrator]: 'Application Administrator',
  [directoryRoleTemplates.cloudApplicationAdministrator]: 'Cloud Application Administrator',
};

/**
 * Serves `/me/memberOf/microsoft.graph.directoryRole` of Microsoft Graph v1.0 ("List memberOf"): the user's directory
 * roles.
 */
export function directoryRolesRouter({ graphBaseUrl }: { graphBaseUrl: string }) {
  const router = Router();
  router.get('/me/memberOf/microsoft.graph.directoryRole', (request, response) => {
    const caller = callerOf(request);
    const user = signedInUser(caller);
    checkPermission(caller, readMembership);
    const query = readQuery(request);
    const roles = user.directoryRoles.map((roleTemplateId) =>
      applySelect(
        // In Entra, a role's ID differs between tenants; here it is the template's.
        { id: roleTemplateId, displayName: displayNames[roleTemplateId] ?? null, roleTemplateId },
        query.select,
        shape,
      ),
    );
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'directoryRoles', query.select, false),
      ...pageOf(roles, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });
  return router;
}
