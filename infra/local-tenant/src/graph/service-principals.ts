import { randomUUID } from 'node:crypto';
import { type Request, Router } from 'express';
import { z } from 'zod';
import { type Directory, tenant } from '../directory/directory.ts';
import { firstPartyApplications } from '../directory/first-party-applications.ts';
import { type ServicePrincipal, servicePrincipalSchema } from '../directory/schema.ts';
import { readKey } from './entity-key.ts';
import { badRequest, GraphError, notFound, notImplemented } from './graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { readApplications, requirePermission, writeApplications } from './permissions.ts';
import { type ResourceShape, readBody } from './request-body.ts';

const requestShape: ResourceShape = {
  resource: 'ServicePrincipal',
  readOnly: ['id', 'appOwnerOrganizationId', 'appDisplayName', 'servicePrincipalType', 'signInAudience'],
  notKept: [
    'addIns',
    'alternativeNames',
    'description',
    'displayName',
    'homepage',
    'keyCredentials',
    'loginUrl',
    'logoutUrl',
    'notes',
    'notificationEmailAddresses',
    'passwordCredentials',
    'preferredSingleSignOnMode',
    'replyUrls',
    'samlSingleSignOnSettings',
    'servicePrincipalNames',
    'tokenEncryptionKeyId',
    'verifiedPublisher',
  ],
};

const requestSchema = z
  .strictObject({
    appId: z.guid(),
    accountEnabled: z.boolean(),
    appRoleAssignmentRequired: z.boolean(),
    tags: z.array(z.string().min(1).max(256)),
  })
  .partial();

const firstParty = firstPartyApplications.map(({ servicePrincipal }) => servicePrincipal);

/**
 * Serves `/servicePrincipals` of Microsoft Graph v1.0 ("Create", "Get", "List", "Update", "Upsert", "Delete
 * servicePrincipal").
 */
export function servicePrincipalsRouter({
  directory,
  graphBaseUrl,
  now,
}: {
  directory: Directory;
  graphBaseUrl: string;
  now: () => Date;
}) {
  const { state } = directory;
  const router = Router();
  const context = (select: readonly string[] | null, single: boolean) =>
    contextOf(graphBaseUrl, 'servicePrincipals', select, single);
  const represent = (principal: ServicePrincipal) => representServicePrincipal(directory, principal);
  const shape = { type: 'servicePrincipal', notKept: requestShape.notKept };

  const create = (request: Request, appId: string | undefined) => {
    const { appId: _appId, ...values } = readBody(requestSchema, request.body, requestShape);
    const principal = createServicePrincipal(directory, appId, values);
    state.servicePrincipals.push(principal);
    directory.save();
    return { '@odata.context': context(null, true), ...represent(principal) };
  };

  router.get('/servicePrincipals', requirePermission(readApplications), (request, response) => {
    const query = readQuery(request);
    const all = [...state.servicePrincipals, ...firstParty].map(represent);
    const found = applyFilter(all, query.filter, ['id', 'appId', 'displayName']);
    sendJson(response, 200, {
      '@odata.context': context(query.select, false),
      ...pageOf(
        found.map((principal) => applySelect(principal, query.select, shape)),
        query,
        new URL(`${graphBaseUrl}${request.url}`),
      ),
    });
  });

  router.post('/servicePrincipals', requirePermission(writeApplications), (request, response) => {
    const { appId } = readBody(requestSchema, request.body, requestShape);
    sendJson(response, 201, create(request, appId));
  });

  router.get('/servicePrincipals/:key', requirePermission(readApplications), (request, response) => {
    const { select } = readQuery(request);
    const principal = represent(findServicePrincipal(directory, request.params.key));
    sendJson(response, 200, {
      '@odata.context': context(select, true),
      ...applySelect(principal, select, shape),
    });
  });

  router.patch('/servicePrincipals/:key', requirePermission(writeApplications), (request, response) => {
    const { property, value } = readKey(request.params.key);
    const upsert = property === 'appId' && request.get('prefer') === 'create-if-missing';
    if (upsert && !directory.findServicePrincipal(value)) {
      sendJson(response, 201, create(request, value));
      return;
    }
    const principal = findOwn(directory, request.params.key);
    const { appId, ...changes } = readBody(requestSchema, request.body, requestShape);
    if (appId !== undefined && appId !== principal.appId) throw badRequest("Property 'appId' is immutable.");
    Object.assign(principal, changes);
    directory.save();
    response.status(204).end();
  });

  router.delete('/servicePrincipals/:key', requirePermission(writeApplications), (request, response) => {
    const principal = findOwn(directory, request.params.key);
    state.servicePrincipals = state.servicePrincipals.filter(({ id }) => id !== principal.id);
    state.permissionGrants = state.permissionGrants.filter(
      ({ clientId, resourceId }) => clientId !== principal.id && resourceId !== principal.id,
    );
    state.deletedServicePrincipals.push({ ...principal, deletedDateTime: now().toISOString() });
    directory.save();
    response.status(204).end();
  });

  return router;
}

/** Represents a service principal as Graph's resource: its own properties, and those copied from its application. */
export function representServicePrincipal(directory: Directory, principal: ServicePrincipal) {
  const application = directory.findApplication(principal.appId);
  return {
    ...principal,
    deletedDateTime: null,
    displayName: application?.displayName ?? null,
    appDisplayName: application?.displayName ?? null,
    signInAudience: application?.signInAudience ?? null,
    oauth2PermissionScopes: application?.api.oauth2PermissionScopes ?? [],
    appRoles: application?.appRoles ?? [],
    servicePrincipalNames: [principal.appId, ...(application?.identifierUris ?? [])],
  };
}

function createServicePrincipal(
  directory: Directory,
  appId: string | undefined,
  values: Omit<z.infer<typeof requestSchema>, 'appId'>,
): ServicePrincipal {
  if (appId === undefined)
    throw badRequest("A value is required for property 'appId' of resource 'ServicePrincipal'.");
  if (directory.findServicePrincipal(appId)) {
    const message = `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`;
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message, {
      details: [{ code: 'ObjectConflict', message, target: 'servicePrincipalNames' }],
    });
  }
  if (!directory.findApplication(appId)) {
    throw badRequest(
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
      'NoBackingApplicationObject',
    );
  }
  return servicePrincipalSchema.parse({
    id: randomUUID(),
    appId,
    appOwnerOrganizationId: tenant.id,
    ...values,
  });
}

function findServicePrincipal(directory: Directory, segment: string): ServicePrincipal {
  const { property, value } = readKey(segment);
  if (property !== 'id' && property !== 'appId') {
    throw badRequest(
      `Property '${property}' is not a key of the type 'microsoft.graph.servicePrincipal'.`,
      'BadRequest',
    );
  }
  const principal = directory.findServicePrincipal(value);
  if (!principal || principal[property] !== value) throw notFound(value);
  return principal;
}

function findOwn(directory: Directory, segment: string): ServicePrincipal {
  const principal = findServicePrincipal(directory, segment);
  if (firstParty.includes(principal))
    throw notImplemented("changing the service principals of Microsoft's own applications");
  return principal;
}
