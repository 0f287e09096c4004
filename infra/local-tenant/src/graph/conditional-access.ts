import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../directory/directory.ts';
import { conditionalAccessPolicySchema } from '../directory/schema.ts';
import { notFound, notImplemented } from './graph-error.ts';
import { applyFilter, pageOf, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { readPolicies, requirePermission, writePolicies } from './permissions.ts';
import { type ResourceShape, readBody } from './request-body.ts';

const { conditions, grantControls } = conditionalAccessPolicySchema.shape;
const createSchema = conditionalAccessPolicySchema
  .omit({ id: true })
  .extend({
    conditions: conditions
      .extend({
        applications: conditions.shape.applications.strict(),
        users: conditions.shape.users.strict(),
        // Graph requires it. Sign-in is by browser only, so other values would have no effect.
        clientAppTypes: z.tuple([z.literal('all')]).optional(),
      })
      .strict(),
    grantControls: grantControls.extend({ builtInControls: z.array(z.string()) }).strict(),
  })
  .strict();
const changeSchema = createSchema.partial();

const requestShape: ResourceShape = {
  resource: 'ConditionalAccessPolicy',
  readOnly: ['id', 'createdDateTime', 'modifiedDateTime', 'templateId'],
  notKept: [
    'sessionControls',
    'conditions.authenticationFlows',
    'conditions.clientApplications',
    'conditions.devices',
    'conditions.insiderRiskLevels',
    'conditions.locations',
    'conditions.platforms',
    'conditions.servicePrincipalRiskLevels',
    'conditions.signInRiskLevels',
    'conditions.userRiskLevels',
    'conditions.applications.applicationFilter',
    'conditions.applications.excludeApplications',
    'conditions.applications.includeAuthenticationContextClassReferences',
    'conditions.applications.includeUserActions',
    'conditions.users.excludeGroups',
    'conditions.users.excludeGuestsOrExternalUsers',
    'conditions.users.excludeRoles',
    'conditions.users.excludeUsers',
    'conditions.users.includeGroups',
    'conditions.users.includeGuestsOrExternalUsers',
    'conditions.users.includeRoles',
    'grantControls.authenticationStrength',
    'grantControls.customAuthenticationFactors',
    'grantControls.termsOfUse',
  ],
};

const controls: readonly string[] = grantControls.shape.builtInControls.element.options;

/** Rejects controls that Graph supports and sign-in here does not. */
function checkControls(requested: readonly string[] = []): void {
  const other = requested.find((control) => !controls.includes(control));
  if (other !== undefined) throw notImplemented(`the grant control '${other}'`);
}

const path = '/identity/conditionalAccess/policies';

/**
 * Serves `/identity/conditionalAccess/policies` of Microsoft Graph v1.0 ("conditionalAccessPolicy resource type"),
 * for the conditions and controls that sign-in acts on here: applications, users, `mfa`, `block`.
 */
export function conditionalAccessRouter({
  directory,
  graphBaseUrl,
}: {
  directory: Directory;
  graphBaseUrl: string;
}) {
  const { state } = directory;
  const router = Router();
  const context = (single: boolean) => contextOf(graphBaseUrl, path.slice(1), null, single);
  const indexOf = (id: string) => {
    const index = state.conditionalAccessPolicies.findIndex((policy) => policy.id === id);
    if (index < 0) throw notFound(id);
    return index;
  };

  router.get(path, requirePermission(readPolicies), (request, response) => {
    const query = readQuery(request);
    const found = applyFilter(state.conditionalAccessPolicies, query.filter, ['displayName', 'state']);
    sendJson(response, 200, {
      '@odata.context': context(false),
      ...pageOf(found, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });

  router.post(path, requirePermission(writePolicies), (request, response) => {
    const body = readBody(createSchema, request.body, requestShape);
    checkControls(body.grantControls.builtInControls);
    const policy = conditionalAccessPolicySchema.parse({ id: randomUUID(), ...body });
    state.conditionalAccessPolicies.push(policy);
    directory.save();
    sendJson(response, 201, { '@odata.context': context(true), ...policy });
  });

  router.get(`${path}/:id`, requirePermission(readPolicies), (request, response) => {
    sendJson(response, 200, {
      '@odata.context': context(true),
      ...state.conditionalAccessPolicies[indexOf(request.params.id)],
    });
  });

  router.patch(`${path}/:id`, requirePermission(writePolicies), (request, response) => {
    const index = indexOf(request.params.id);
    const changes = readBody(changeSchema, request.body, requestShape);
    checkControls(changes.grantControls?.builtInControls);
    state.conditionalAccessPolicies[index] = conditionalAccessPolicySchema.parse({
      ...state.conditionalAccessPolicies[index],
      ...changes,
    });
    directory.save();
    response.status(204).end();
  });

  router.delete(`${path}/:id`, requirePermission(writePolicies), (request, response) => {
    state.conditionalAccessPolicies.splice(indexOf(request.params.id), 1);
    directory.save();
    response.status(204).end();
  });

  return router;
}
