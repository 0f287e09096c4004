import { randomUUID } from 'node:crypto';
import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../../directory/directory.ts';
import {
  type Application,
  type FederatedIdentityCredential,
  federatedIdentityCredentialSchema,
} from '../../directory/schema.ts';
import { readKey } from '../entity-key.ts';
import { badRequest, GraphError, notFound } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { sendJson } from '../odata-response.ts';
import { readApplications, requirePermission, writeApplications } from '../permissions.ts';
import { type ResourceShape, readBody } from '../request-body.ts';
import { findApplication } from './find-application.ts';

const text = z.string().min(1).max(600);
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/);
const createSchema = z.strictObject({
  name,
  issuer: text,
  subject: text,
  description: z.string().max(600).nullable().optional(),
  audiences: z.tuple([text]),
});
const changeSchema = createSchema.partial();

const requestShape: ResourceShape = {
  resource: 'FederatedIdentityCredential',
  readOnly: ['id'],
  notKept: ['claimsMatchingExpression'],
};
const shape = { type: 'federatedIdentityCredential', notKept: requestShape.notKept };
const most = 20;

/**
 * Serves `/applications/{id}/federatedIdentityCredentials` of Microsoft Graph v1.0 ("Create", "List", "Get",
 * "Update", "Upsert", "Delete federatedIdentityCredential"). The key of a credential is its ID or its name.
 */
export function federatedIdentityCredentialsRouter({
  directory,
  graphBaseUrl,
}: {
  directory: Directory;
  graphBaseUrl: string;
}) {
  const router = Router();
  const path = '/applications/:key/federatedIdentityCredentials';
  const context = ({ id }: Application, single: boolean) =>
    `${graphBaseUrl}/$metadata#applications('${id}')/federatedIdentityCredentials${single ? '/$entity' : ''}`;
  const application = (request: Request<{ key: string }>) => findApplication(directory, request.params.key);

  const create = (owner: Application, values: z.infer<typeof createSchema>) => {
    if (owner.federatedIdentityCredentials.length >= most) {
      throw badRequest(`The maximum number of federated identity credentials (${most}) was reached.`);
    }
    const credential = federatedIdentityCredentialSchema.parse({ id: randomUUID(), ...values });
    checkUnique(owner, credential);
    owner.federatedIdentityCredentials.push(credential);
    directory.save();
    return { '@odata.context': context(owner, true), ...credential };
  };

  router.get(path, requirePermission(readApplications), (request, response) => {
    const owner = application(request);
    const query = readQuery(request);
    const found = applyFilter(owner.federatedIdentityCredentials, query.filter, ['name', 'subject']);
    sendJson(response, 200, {
      '@odata.context': context(owner, false),
      ...pageOf(
        found.map((credential) => applySelect(credential, query.select, shape)),
        query,
        new URL(`${graphBaseUrl}${request.url}`),
      ),
    });
  });

  router.post(path, requirePermission(writeApplications), (request, response) => {
    const owner = application(request);
    sendJson(response, 201, create(owner, readBody(createSchema, request.body, requestShape)));
  });

  router.get(`${path}/:credential`, requirePermission(readApplications), (request, response) => {
    const owner = application(request);
    const { select } = readQuery(request);
    sendJson(response, 200, {
      '@odata.context': context(owner, true),
      ...applySelect(find(owner, request.params.credential), select, shape),
    });
  });

  router.patch(`${path}/:credential`, requirePermission(writeApplications), (request, response) => {
    const owner = application(request);
    const { property, value } = readKey(request.params.credential);
    const upsert = property === 'name' && request.get('prefer') === 'create-if-missing';
    if (upsert && !owner.federatedIdentityCredentials.some((credential) => credential.name === value)) {
      const body = z.looseObject({}).safeParse(request.body).data ?? {};
      sendJson(response, 201, create(owner, readBody(createSchema, { ...body, name: value }, requestShape)));
      return;
    }
    const credential = find(owner, request.params.credential);
    const changes = readBody(changeSchema, request.body, requestShape);
    if (changes.name !== undefined && changes.name !== credential.name) {
      throw badRequest("Property 'name' is immutable.");
    }
    const changed = federatedIdentityCredentialSchema.parse({ ...credential, ...changes });
    checkUnique(owner, changed);
    Object.assign(credential, changed);
    directory.save();
    response.status(204).end();
  });

  router.delete(`${path}/:credential`, requirePermission(writeApplications), (request, response) => {
    const owner = application(request);
    const { id } = find(owner, request.params.credential);
    owner.federatedIdentityCredentials = owner.federatedIdentityCredentials.filter(
      (credential) => credential.id !== id,
    );
    directory.save();
    response.status(204).end();
  });

  return router;
}

function find(owner: Application, segment: string): FederatedIdentityCredential {
  const { value } = readKey(segment);
  const credential = owner.federatedIdentityCredentials.find(
    (each) => each.id === value || each.name === value,
  );
  if (!credential) throw notFound(value);
  return credential;
}

/** Checks that the name, and the issuer with the subject, are unique within the application. */
function checkUnique(owner: Application, after: FederatedIdentityCredential): void {
  const others = owner.federatedIdentityCredentials.filter(({ id }) => id !== after.id);
  const taken = others.some(
    ({ name, issuer, subject }) =>
      name === after.name || (issuer === after.issuer && subject === after.subject),
  );
  if (taken) {
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      'FederatedIdentityCredential with the same name, or the same issuer and subject, already exists.',
    );
  }
}
