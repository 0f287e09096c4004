import { Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../directory/directory.ts';
import { authenticationContextSchema } from '../directory/schema.ts';
import { invalidValue, notFound } from './graph-error.ts';
import { applyFilter, pageOf, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { type Permission, requirePermission } from './permissions.ts';
import { type ResourceShape, readBody } from './request-body.ts';

const write = ['AuthenticationContext.ReadWrite.All', 'Policy.ReadWrite.ConditionalAccess'];
const readContexts: Permission = {
  delegated: ['AuthenticationContext.Read.All', ...write],
  administrator: true,
};
const writeContexts: Permission = { delegated: write, administrator: true };

const changeSchema = z
  .strictObject({
    displayName: z.string().nullable(),
    description: z.string().nullable(),
    isAvailable: z.boolean(),
  })
  .partial();
const requestShape: ResourceShape = {
  resource: 'AuthenticationContextClassReference',
  readOnly: ['id'],
  notKept: [],
};

const path = '/identity/conditionalAccess/authenticationContextClassReferences';

/**
 * Serves the authentication contexts of Microsoft Graph v1.0 ("authenticationContextClassReference resource type"),
 * except for deleting them.
 */
export function authenticationContextsRouter({
  directory,
  graphBaseUrl,
}: {
  directory: Directory;
  graphBaseUrl: string;
}): Router {
  const { state } = directory;
  const router = Router();
  const context = (single: boolean) =>
    contextOf(graphBaseUrl, 'conditionalAccess/authenticationContextClassReferences', null, single);
  const find = (id: string) => state.authenticationContexts.find((one) => one.id === id);

  router.get(path, requirePermission(readContexts), (request, response) => {
    const query = readQuery(request);
    const found = applyFilter(state.authenticationContexts, query.filter, ['id']);
    sendJson(response, 200, {
      '@odata.context': context(false),
      ...pageOf(found, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });

  router.get(`${path}/:id`, requirePermission(readContexts), (request, response) => {
    const found = find(request.params.id);
    if (!found) throw notFound(request.params.id);
    sendJson(response, 200, { '@odata.context': context(true), ...found });
  });

  /** Creates the context if there is none with this ID ("Update authenticationContextClassReference"). */
  router.patch(`${path}/:id`, requirePermission(writeContexts), (request, response) => {
    const { id } = request.params;
    const changes = readBody(changeSchema, request.body, requestShape);
    const changed = authenticationContextSchema.safeParse({ ...find(id), ...changes, id });
    if (!changed.success) throw invalidValue('id', requestShape.resource);
    state.authenticationContexts = [
      ...state.authenticationContexts.filter((one) => one.id !== id),
      changed.data,
    ];
    directory.save();
    response.status(204).end();
  });

  return router;
}
