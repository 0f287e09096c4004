import { randomUUID } from 'node:crypto';
import express, { type Router } from 'express';
import { z } from 'zod';
import { conditionalAccessPolicySchema, servicePrincipalSchema } from '../directory/schema.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { readSwitch } from './read-switch.ts';

const policySchema = z.strictObject({
  control: conditionalAccessPolicySchema.shape.grantControls.shape.builtInControls.element,
  /** Application (client) ID of the resource. */
  resource: z.guid(),
});
const servicePrincipalChanges = z
  .strictObject({
    accountEnabled: servicePrincipalSchema.shape.accountEnabled.unwrap(),
    appRoleAssignmentRequired: servicePrincipalSchema.shape.appRoleAssignmentRequired.unwrap(),
  })
  .partial();

/** Switches for what an administrator of a real tenant does in the admin center. */
export function directorySwitches({ directory, now }: EntraServices): Router {
  const { state } = directory;
  const router = express.Router();

  router.post('/conditional-access', (request, response) => {
    const policy = readSwitch(policySchema, request.body, response);
    if (!policy) return;
    const { control, resource } = policy;
    const created = conditionalAccessPolicySchema.parse({
      id: randomUUID(),
      displayName: `${control} for ${directory.findApplication(resource)?.displayName ?? resource}`,
      state: 'enabled',
      conditions: { applications: { includeApplications: [resource] }, users: { includeUsers: ['All'] } },
      grantControls: { operator: 'OR', builtInControls: [control] },
    });
    state.conditionalAccessPolicies.push(created);
    directory.save();
    response.status(201).json(created);
  });
  router.delete('/conditional-access', (_request, response) => {
    state.conditionalAccessPolicies.length = 0;
    directory.save();
    response.status(204).end();
  });
  router.post('/users/:key/revocation', (request, response) => {
    const user = directory.findUser(request.params.key);
    if (!user) {
      return void response.status(404).json({ error: 'not_found', error_description: 'User not found.' });
    }
    state.revocations[user.id] = { signInSessionsValidFromDateTime: now().toISOString() };
    directory.save();
    response.status(204).end();
  });
  router.patch('/service-principals/:appId', (request, response) => {
    const principal = state.servicePrincipals.find(({ appId }) => appId === request.params.appId);
    if (!principal) {
      return void response
        .status(404)
        .json({ error: 'not_found', error_description: 'Service principal not found.' });
    }
    const changes = readSwitch(servicePrincipalChanges, request.body, response);
    if (!changes) return;
    Object.assign(principal, changes);
    directory.save();
    response.json(principal);
  });
  router.delete('/service-principals/:appId', (request, response) => {
    state.servicePrincipals = state.servicePrincipals.filter(({ appId }) => appId !== request.params.appId);
    directory.save();
    response.status(204).end();
  });
  return router;
}
