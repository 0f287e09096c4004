import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../directory/directory.ts';
import type { PermissionGrant } from '../directory/schema.ts';
import { badRequest, GraphError, invalidValue, notFound } from './graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { readGrants, requirePermission, writeGrants } from './permissions.ts';
import { type ResourceShape, readBody } from './request-body.ts';

const requestShape: ResourceShape = {
  resource: 'OAuth2PermissionGrant',
  readOnly: ['id'],
  notKept: ['startTime', 'expiryTime'],
};
const shape = { type: 'oAuth2PermissionGrant', notKept: requestShape.notKept };

const createSchema = z.strictObject({
  clientId: z.guid(),
  consentType: z.enum(['AllPrincipals', 'Principal']),
  principalId: z.guid().nullable().default(null),
  resourceId: z.guid(),
  scope: z.string(),
});
const changeSchema = z.strictObject({ scope: z.string() });

/**
 * Serves `/oauth2PermissionGrants` of Microsoft Graph v1.0: delegated permission grants ("Create", "List", "Update",
 * "Delete oAuth2PermissionGrant").
 */
export function permissionGrantsRouter({
  directory,
  graphBaseUrl,
}: {
  directory: Directory;
  graphBaseUrl: string;
}) {
  const { state } = directory;
  const router = Router();
  const context = (select: readonly string[] | null, single: boolean) =>
    contextOf(graphBaseUrl, 'oauth2PermissionGrants', select, single);
  const find = (id: string) => {
    const grant = state.permissionGrants.find((candidate) => candidate.id === id);
    if (!grant) throw notFound(id);
    return grant;
  };

  router.get('/oauth2PermissionGrants', requirePermission(readGrants), (request, response) => {
    const query = readQuery(request);
    const filterable = ['clientId', 'resourceId', 'principalId', 'consentType'] as const;
    const found = applyFilter(state.permissionGrants, query.filter, filterable);
    sendJson(response, 200, {
      '@odata.context': context(query.select, false),
      ...pageOf(
        found.map((grant) => applySelect(grant, query.select, shape)),
        query,
        new URL(`${graphBaseUrl}${request.url}`),
      ),
    });
  });

  router.post('/oauth2PermissionGrants', requirePermission(writeGrants), (request, response) => {
    const grant = readBody(createSchema, request.body, requestShape);
    check(directory, grant);
    const created = { ...grant, id: randomUUID(), scope: normalize(grant.scope) };
    state.permissionGrants.push(created);
    directory.save();
    sendJson(response, 201, { '@odata.context': context(null, true), ...created });
  });

  router.get('/oauth2PermissionGrants/:id', requirePermission(readGrants), (request, response) => {
    const { select } = readQuery(request);
    sendJson(response, 200, {
      '@odata.context': context(select, true),
      ...applySelect(find(request.params.id), select, shape),
    });
  });

  router.patch('/oauth2PermissionGrants/:id', requirePermission(writeGrants), (request, response) => {
    const grant = find(request.params.id);
    grant.scope = normalize(readBody(changeSchema, request.body, requestShape).scope);
    directory.save();
    response.status(204).end();
  });

  router.delete('/oauth2PermissionGrants/:id', requirePermission(writeGrants), (request, response) => {
    const { id } = find(request.params.id);
    state.permissionGrants = state.permissionGrants.filter((grant) => grant.id !== id);
    directory.save();
    response.status(204).end();
  });

  return router;
}

const normalize = (scope: string) => [...new Set(scope.split(' ').filter(Boolean))].join(' ');

function check(directory: Directory, grant: Omit<PermissionGrant, 'id'>): void {
  const { clientId, resourceId, principalId, consentType } = grant;
  if ((consentType === 'Principal') !== (principalId !== null))
    throw invalidValue('principalId', requestShape.resource);
  for (const id of [clientId, resourceId]) {
    if (directory.findServicePrincipal(id)?.id !== id) throw notFound(id);
  }
  if (principalId !== null && !directory.users.some(({ id }) => id === principalId))
    throw notFound(principalId);
  const exists = directory.state.permissionGrants.some(
    (other) =>
      other.clientId === clientId && other.resourceId === resourceId && other.principalId === principalId,
  );
  if (exists) {
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.');
  }
  if (normalize(grant.scope) === '')
    throw badRequest("A value is required for property 'scope' of resource 'OAuth2PermissionGrant'.");
}
