import { type Request, Router } from 'express';
import type { Directory } from '../../directory/directory.ts';
import type { Application } from '../../directory/schema.ts';
import { callerOf } from '../authentication.ts';
import { readKey } from '../entity-key.ts';
import { badRequest, notFound } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { demand, readApplications, writeApplications } from '../permissions.ts';
import { readBody } from '../request-body.ts';
import { representApplication, representPassword } from './application.ts';
import { applicationRequestSchema, applicationShape } from './application-request.ts';
import { changeApplication, createApplication } from './change-application.ts';
import { addPasswordSchema, createPassword, removePasswordSchema } from './credentials.ts';
import { findApplication, lookUp } from './find-application.ts';

const shape = { type: 'application', notKept: applicationShape.notKept };

/**
 * `/applications` of Microsoft Graph v1.0 ("Create application", "Get", "List", "Update", "Upsert", "Delete
 * application", "addPassword", "removePassword").
 */
export function applicationsRouter({
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
    contextOf(graphBaseUrl, 'applications', select, single);
  const readRequest = (request: Request) =>
    readBody(applicationRequestSchema, request.body, applicationShape);

  const replace = (after: Application) => {
    const at = state.applications.findIndex(({ id }) => id === after.id);
    if (at < 0) state.applications.push(after);
    else state.applications[at] = after;
    directory.save();
  };

  router.get('/applications', (request, response) => {
    demand(callerOf(request), readApplications);
    const query = readQuery(request);
    const found = applyFilter(state.applications, query.filter, ['id', 'appId', 'uniqueName', 'displayName']);
    const applications = found.map((application) =>
      applySelect(representApplication(application), query.select, shape),
    );
    sendJson(response, 200, {
      '@odata.context': context(query.select, false),
      ...pageOf(applications, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });

  router.post('/applications', (request, response) => {
    demand(callerOf(request), writeApplications);
    const application = createApplication(readRequest(request), state, now());
    replace(application);
    sendJson(response, 201, {
      '@odata.context': context(null, true),
      ...representApplication(application),
    });
  });

  router.get('/applications/:key', (request, response) => {
    demand(callerOf(request), readApplications);
    const { select } = readQuery(request);
    const application = representApplication(findApplication(directory, request.params.key));
    sendJson(response, 200, {
      '@odata.context': context(select, true),
      ...applySelect(application, select, shape),
    });
  });

  router.patch('/applications/:key', (request, response) => {
    demand(callerOf(request), writeApplications);
    const { property, value } = readKey(request.params.key);
    const upsert = property === 'uniqueName' && request.get('prefer') === 'create-if-missing';
    const existing = lookUp(directory, property, value);
    if (!existing && upsert) {
      const application = createApplication({ ...readRequest(request), uniqueName: value }, state, now());
      replace(application);
      sendJson(response, 201, {
        '@odata.context': context(null, true),
        ...representApplication(application),
      });
      return;
    }
    if (!existing) throw notFound(value);
    replace(changeApplication(existing, readRequest(request), state));
    response.status(204).end();
  });

  router.delete('/applications/:key', (request, response) => {
    demand(callerOf(request), writeApplications);
    const application = findApplication(directory, request.params.key);
    const deletedDateTime = now().toISOString();
    const principals = state.servicePrincipals.filter(({ appId }) => appId === application.appId);
    const principalIds = new Set(principals.map(({ id }) => id));
    state.applications = state.applications.filter(({ id }) => id !== application.id);
    state.servicePrincipals = state.servicePrincipals.filter(({ id }) => !principalIds.has(id));
    state.permissionGrants = state.permissionGrants.filter(
      ({ clientId, resourceId }) => !principalIds.has(clientId) && !principalIds.has(resourceId),
    );
    state.deletedApplications.push({ ...application, deletedDateTime });
    state.deletedServicePrincipals.push(
      ...principals.map((principal) => ({ ...principal, deletedDateTime })),
    );
    directory.save();
    response.status(204).end();
  });

  router.post('/applications/:key/addPassword', (request, response) => {
    demand(callerOf(request), writeApplications);
    const application = findApplication(directory, request.params.key);
    const { passwordCredential } = readBody(addPasswordSchema, request.body, passwordShape);
    const { credential, secretText } = createPassword(passwordCredential, now());
    application.passwordCredentials.push(credential);
    directory.save();
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'microsoft.graph.passwordCredential', null, false),
      ...representPassword(credential, secretText),
    });
  });

  router.post('/applications/:key/removePassword', (request, response) => {
    demand(callerOf(request), writeApplications);
    const application = findApplication(directory, request.params.key);
    const { keyId } = readBody(removePasswordSchema, request.body, passwordShape);
    if (!application.passwordCredentials.some((credential) => credential.keyId === keyId)) {
      throw badRequest(`No password credential found with keyId '${keyId}'.`);
    }
    application.passwordCredentials = application.passwordCredentials.filter(
      (credential) => credential.keyId !== keyId,
    );
    directory.save();
    response.status(204).end();
  });

  return router;
}

const passwordShape = {
  resource: 'PasswordCredential',
  readOnly: ['hint', 'secretText', 'keyId'],
  notKept: ['customKeyIdentifier'],
};
