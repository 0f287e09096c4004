import { type RequestHandler, Router } from 'express';
import type { Directory } from '../../directory/directory.ts';
import type { Application, DirectoryState } from '../../directory/schema.ts';
import { readKey } from '../entity-key.ts';
import { badRequest, notFound } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { readApplications, requirePermission, writeApplications } from '../permissions.ts';
import { readBody } from '../request-body.ts';
import { representApplication, representPassword } from './application.ts';
import { applicationRequestSchema, applicationShape } from './application-request.ts';
import { changeApplication, createApplication } from './change-application.ts';
import { addPasswordSchema, createPassword, removePasswordSchema } from './credentials.ts';
import { findApplication, lookUp } from './find-application.ts';

interface Services {
  directory: Directory;
  graphBaseUrl: string;
  now: () => Date;
}

/** A request for the application that `:key` in the path names. */
type KeyHandler = RequestHandler<{ key: string }>;

const shape = { type: 'application', notKept: applicationShape.notKept };

/**
 * Serves `/applications` of Microsoft Graph v1.0 ("Create application", "Get", "List", "Update", "Upsert", "Delete
 * application", "addPassword", "removePassword").
 */
export function applicationsRouter(services: Services): Router {
  const router = Router();
  const read = requirePermission(readApplications);
  const write = requirePermission(writeApplications);
  router.get('/applications', read, listApplications(services));
  router.post('/applications', write, postApplication(services));
  router.get('/applications/:key', read, getApplication(services));
  router.patch('/applications/:key', write, patchApplication(services));
  router.delete('/applications/:key', write, deleteApplication(services));
  router.post('/applications/:key/addPassword', write, addPassword(services));
  router.post('/applications/:key/removePassword', write, removePassword(services));
  return router;
}

const listApplications =
  ({ directory, graphBaseUrl }: Services): RequestHandler =>
  (request, response) => {
    const query = readQuery(request);
    const filterable = ['id', 'appId', 'uniqueName', 'displayName'] as const;
    const found = applyFilter(directory.state.applications, query.filter, filterable);
    const applications = found.map((application) =>
      applySelect(representApplication(application), query.select, shape),
    );
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'applications', query.select, false),
      ...pageOf(applications, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  };

const postApplication =
  ({ directory, graphBaseUrl, now }: Services): RequestHandler =>
  (request, response) => {
    const body = readBody(applicationRequestSchema, request.body, applicationShape);
    const application = createApplication(body, directory.state, now());
    store(directory, application);
    sendJson(response, 201, entity(graphBaseUrl, application));
  };

const getApplication =
  ({ directory, graphBaseUrl }: Services): KeyHandler =>
  (request, response) => {
    const { select } = readQuery(request);
    const application = representApplication(findApplication(directory, request.params.key));
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'applications', select, true),
      ...applySelect(application, select, shape),
    });
  };

/** Updates an application, or creates it if the request asks for that ("Upsert application"). */
const patchApplication =
  ({ directory, graphBaseUrl, now }: Services): KeyHandler =>
  (request, response) => {
    const { property, value } = readKey(request.params.key);
    const createIfMissing = property === 'uniqueName' && request.get('prefer') === 'create-if-missing';
    const existing = lookUp(directory, property, value);
    if (!existing && !createIfMissing) throw notFound(value);

    const body = readBody(applicationRequestSchema, request.body, applicationShape);
    if (existing) {
      store(directory, changeApplication(existing, body, directory.state));
      response.status(204).end();
    } else {
      const application = createApplication({ ...body, uniqueName: value }, directory.state, now());
      store(directory, application);
      sendJson(response, 201, entity(graphBaseUrl, application));
    }
  };

const deleteApplication =
  ({ directory, now }: Services): KeyHandler =>
  (request, response) => {
    const application = findApplication(directory, request.params.key);
    moveToDeletedItems(directory.state, application, now().toISOString());
    directory.save();
    response.status(204).end();
  };

/** Deletes an application with its service principals and their grants. The first two can still be read. */
function moveToDeletedItems(
  state: DirectoryState,
  { id, appId }: Application,
  deletedDateTime: string,
): void {
  const principalIds = new Set(
    state.servicePrincipals.filter((principal) => principal.appId === appId).map((principal) => principal.id),
  );
  state.deletedApplications.push(
    ...state.applications.filter((one) => one.id === id).map((one) => ({ ...one, deletedDateTime })),
  );
  state.deletedServicePrincipals.push(
    ...state.servicePrincipals
      .filter((one) => principalIds.has(one.id))
      .map((one) => ({ ...one, deletedDateTime })),
  );
  state.applications = state.applications.filter((one) => one.id !== id);
  state.servicePrincipals = state.servicePrincipals.filter((one) => !principalIds.has(one.id));
  state.permissionGrants = state.permissionGrants.filter(
    ({ clientId, resourceId }) => !principalIds.has(clientId) && !principalIds.has(resourceId),
  );
}

const passwordShape = {
  resource: 'PasswordCredential',
  readOnly: ['hint', 'secretText', 'keyId'],
  notKept: ['customKeyIdentifier'],
};

const addPassword =
  ({ directory, graphBaseUrl, now }: Services): KeyHandler =>
  (request, response) => {
    const application = findApplication(directory, request.params.key);
    const { passwordCredential } = readBody(addPasswordSchema, request.body, passwordShape);
    const { credential, secretText } = createPassword(passwordCredential, now());
    application.passwordCredentials.push(credential);
    directory.save();
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'microsoft.graph.passwordCredential', null, false),
      ...representPassword(credential, secretText),
    });
  };

const removePassword =
  ({ directory }: Services): KeyHandler =>
  (request, response) => {
    const application = findApplication(directory, request.params.key);
    const { keyId } = readBody(removePasswordSchema, request.body, passwordShape);
    const remaining = application.passwordCredentials.filter((credential) => credential.keyId !== keyId);
    if (remaining.length === application.passwordCredentials.length)
      throw badRequest(`No password credential found with keyId '${keyId}'.`);
    application.passwordCredentials = remaining;
    directory.save();
    response.status(204).end();
  };

/** Adds an application to the directory, or replaces the one with its ID. */
function store(directory: Directory, application: Application): void {
  const { applications } = directory.state;
  const index = applications.findIndex(({ id }) => id === application.id);
  if (index < 0) applications.push(application);
  else applications[index] = application;
  directory.save();
}

const entity = (graphBaseUrl: string, application: Application) => ({
  '@odata.context': contextOf(graphBaseUrl, 'applications', null, true),
  ...representApplication(application),
});
