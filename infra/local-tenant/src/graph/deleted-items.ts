import { Router } from 'express';
import type { Directory } from '../directory/directory.ts';
import { representApplication } from './applications/application.ts';
import { notFound } from './graph-error.ts';
import { applyFilter, pageOf, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { readApplications, requirePermission, writeApplications } from './permissions.ts';
import { representServicePrincipal } from './service-principals.ts';

/**
 * Serves `/directory/deletedItems` of Microsoft Graph v1.0 ("List deletedItems", "Get", "Permanently delete an
 * item"). Deleted applications keep their unique name and identifier URIs until they are deleted here.
 */
export function deletedItemsRouter({
  directory,
  graphBaseUrl,
}: {
  directory: Directory;
  graphBaseUrl: string;
}) {
  const { state } = directory;
  const router = Router();

  const applications = () =>
    state.deletedApplications.map(({ deletedDateTime, ...application }) =>
      representApplication(application, deletedDateTime),
    );
  const servicePrincipals = () =>
    state.deletedServicePrincipals.map(({ deletedDateTime, ...principal }) => ({
      ...representServicePrincipal(directory, principal),
      deletedDateTime,
    }));

  for (const [type, list] of [
    ['application', applications],
    ['servicePrincipal', servicePrincipals],
  ] as const) {
    router.get(
      `/directory/deletedItems/microsoft.graph.${type}`,
      requirePermission(readApplications),
      (request, response) => {
        const query = readQuery(request);
        const found = applyFilter(list(), query.filter, ['id', 'appId', 'uniqueName', 'displayName']);
        sendJson(response, 200, {
          '@odata.context': contextOf(graphBaseUrl, `${type}s`, null, false),
          ...pageOf(found, query, new URL(`${graphBaseUrl}${request.url}`)),
        });
      },
    );
  }

  router.get('/directory/deletedItems/:id', requirePermission(readApplications), (request, response) => {
    const application = applications().find(({ id }) => id === request.params.id);
    const item = application ?? servicePrincipals().find((principal) => principal.id === request.params.id);
    if (!item) throw notFound(request.params.id);
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'directoryObjects', null),
      '@odata.type': `#microsoft.graph.${application ? 'application' : 'servicePrincipal'}`,
      ...item,
    });
  });

  router.delete('/directory/deletedItems/:id', requirePermission(writeApplications), (request, response) => {
    const { id } = request.params;
    const known = [...state.deletedApplications, ...state.deletedServicePrincipals].some(
      (item) => item.id === id,
    );
    if (!known) throw notFound(id);
    state.deletedApplications = state.deletedApplications.filter((item) => item.id !== id);
    state.deletedServicePrincipals = state.deletedServicePrincipals.filter((item) => item.id !== id);
    directory.save();
    response.status(204).end();
  });

  return router;
}
