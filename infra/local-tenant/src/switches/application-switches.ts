import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { tenant } from '../directory/directory.ts';
import {
  conditionalAccessPolicySchema,
  type ServicePrincipal,
  servicePrincipalSchema,
} from '../directory/schema.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { forgetConsents, forgetScope } from './forget.ts';
import { defineSwitch, noBody, noContent, notFound, type PathParameters, type Switch } from './switch.ts';
import { userOf } from './user-switches.ts';

/** The role of an assignment without a role ("Grant an appRoleAssignment to a user"). */
const defaultAccess = '00000000-0000-0000-0000-000000000000';

const controlSchema = conditionalAccessPolicySchema.shape.grantControls.shape.builtInControls.element;
const everyResource = 'All';

/** Switches for what an administrator does with applications, consents and Conditional Access. */
export const applicationSwitches: readonly Switch[] = [
  defineSwitch(
    {
      request: 'PATCH /service-principals/{application ID}',
      group: 'Applications',
      name: 'Disable an application, or require assignment',
      causes:
        'A disabled client is rejected with AADSTS7000112, a token for a disabled API with AADSTS500014. Where assignment is required, users who are not assigned get AADSTS50105.',
      undo: 'Enable the application, or do not require assignment.',
      survivesRestart: true,
    },
    z
      .strictObject({
        accountEnabled: servicePrincipalSchema.shape.accountEnabled.unwrap(),
        appRoleAssignmentRequired: servicePrincipalSchema.shape.appRoleAssignmentRequired.unwrap(),
      })
      .partial(),
    (entra, changes, parameters) => {
      const principal = Object.assign(principalOf(entra, parameters), changes);
      entra.directory.save();
      return { status: 200, body: principal };
    },
  ),
  defineSwitch(
    {
      request: 'PUT /service-principals/{application ID}/users/{sign-in name}',
      group: 'Applications',
      name: 'Assign a user to an application',
      causes: 'The user may use the application, even if it requires assignment.',
      undo: 'Remove the assignment.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      const { directory } = entra;
      const [principalId, resourceId] = [userOf(entra, parameters).id, principalOf(entra, parameters).id];
      unassign(entra, principalId, resourceId);
      directory.state.appRoleAssignments.push({
        id: randomUUID(),
        principalId,
        resourceId,
        appRoleId: defaultAccess,
      });
      directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /service-principals/{application ID}/users/{sign-in name}',
      group: 'Applications',
      name: 'Remove a user’s assignment',
      causes: 'If the application requires assignment, tokens for the user are rejected with AADSTS50105.',
      undo: 'Assign the user.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      unassign(entra, userOf(entra, parameters).id, principalOf(entra, parameters).id);
      entra.directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /service-principals/{application ID}',
      group: 'Applications',
      name: 'Remove an application from the tenant',
      causes:
        'Its service principal is deleted. Tokens for it are rejected with AADSTS500011, and as a client it is unknown (AADSTS700016).',
      undo: 'Add the application to the tenant again.',
      survivesRestart: true,
    },
    noBody,
    ({ directory, now }, _body, { 'application ID': appId }) => {
      const { state } = directory;
      const deletedDateTime = now().toISOString();
      const removed = state.servicePrincipals.filter((principal) => principal.appId === appId);
      state.servicePrincipals = state.servicePrincipals.filter((principal) => principal.appId !== appId);
      state.deletedServicePrincipals.push(...removed.map((principal) => ({ ...principal, deletedDateTime })));
      directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'POST /service-principals/{application ID}',
      group: 'Applications',
      name: 'Add an application to the tenant again',
      causes: 'Its service principal is restored, with its consents and assignments.',
      undo: 'Remove the application.',
      survivesRestart: true,
    },
    noBody,
    ({ directory }, _body, { 'application ID': appId = '' }) => {
      restoreServicePrincipal({ directory }, appId);
      directory.save();
      return { status: 201, body: directory.findServicePrincipal(appId) ?? {} };
    },
  ),
  defineSwitch(
    {
      request: 'POST /consents/{application ID}',
      group: 'Consents',
      name: 'Consent for everyone',
      causes:
        'Grants the application the delegated permissions in its registration, for every user, as an administrator does.',
      undo: 'Withdraw its consents.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      consentForEveryone(entra, principalOf(entra, parameters));
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /consents/{application ID}',
      group: 'Consents',
      name: 'Withdraw the consents of one application',
      causes: 'Exchanges by the application are rejected with AADSTS65001 until somebody consents again.',
      undo: 'Consent for everyone, or sign in and accept.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, { 'application ID': appId }) => {
      forgetConsents(entra, appId);
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /consents/{application ID}/{scope}',
      group: 'Consents',
      name: 'Withdraw one permission of an application',
      causes:
        'Exchanges and refresh tokens of the application for this permission are rejected with AADSTS65001. Its other permissions stay granted.',
      undo: 'Consent again.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, { 'application ID': appId = '', scope = '' }) => {
      forgetScope(entra, appId, scope);
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /consents',
      group: 'Consents',
      name: 'Withdraw every consent',
      causes:
        'Users are asked for consent at their next sign-in. Exchanges until then are rejected with AADSTS65001.',
      undo: 'Sign in and accept, or consent for everyone.',
      survivesRestart: true,
    },
    noBody,
    (entra) => {
      forgetConsents(entra);
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'PUT /user-consent',
      group: 'Consents',
      name: 'Let only administrators consent',
      causes:
        'Users who are asked for consent see that they need an administrator (AADSTS90094), whatever the permission.',
      undo: 'Let users consent.',
      survivesRestart: true,
    },
    z.strictObject({ allowed: z.boolean() }),
    ({ directory }, { allowed }) => {
      directory.state.usersMayConsent = allowed;
      directory.save();
      return { status: 200, body: { allowed } };
    },
  ),
  defineSwitch(
    {
      request: 'POST /conditional-access',
      group: 'Conditional Access',
      name: 'Add a policy',
      causes:
        'For every user and one application, or all of them: mfa requires a second factor (AADSTS50076 in an exchange), block rejects (AADSTS53003).',
      undo: 'Remove the policy.',
      survivesRestart: true,
    },
    z.strictObject({ control: controlSchema, resource: z.union([z.guid(), z.literal(everyResource)]) }),
    (entra, { control, resource }) => ({ status: 201, body: addPolicy(entra, control, resource) }),
  ),
  defineSwitch(
    {
      request: 'DELETE /conditional-access/{policy ID}',
      group: 'Conditional Access',
      name: 'Remove a policy',
      causes: 'The policy no longer applies.',
      undo: 'Add the policy again.',
      survivesRestart: true,
    },
    noBody,
    ({ directory }, _body, { 'policy ID': id }) => {
      const policies = directory.state.conditionalAccessPolicies;
      const index = policies.findIndex((policy) => policy.id === id);
      if (index < 0) throw notFound('Policy');
      policies.splice(index, 1);
      directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /conditional-access',
      group: 'Conditional Access',
      name: 'Remove every policy',
      causes: 'No policy applies.',
      undo: 'Add the policies again.',
      survivesRestart: true,
    },
    noBody,
    ({ directory }) => {
      directory.state.conditionalAccessPolicies.length = 0;
      directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'PUT /second-factor',
      group: 'Conditional Access',
      name: 'Require a second factor for everything',
      causes:
        'Adds a policy for all applications: sign-in requires a second factor, and exchanges of tokens from a sign-in without one are rejected with AADSTS50076.',
      undo: 'Do not require it.',
      survivesRestart: true,
    },
    z.strictObject({ required: z.boolean() }),
    (entra, { required }) => {
      const policies = entra.directory.state.conditionalAccessPolicies;
      const others = policies.filter((policy) => !isSecondFactorPolicy(policy));
      policies.splice(0, policies.length, ...others);
      if (required) addPolicy(entra, 'mfa', everyResource);
      entra.directory.save();
      return { status: 200, body: { required } };
    },
  ),
];

type Policy = z.infer<typeof conditionalAccessPolicySchema>;

/** Tells whether a policy requires a second factor for all applications. */
export const isSecondFactorPolicy = ({ state, conditions, grantControls }: Policy): boolean =>
  state === 'enabled' &&
  conditions.applications.includeApplications.includes(everyResource) &&
  grantControls.builtInControls.includes('mfa');

function addPolicy(
  { directory }: EntraServices,
  control: z.infer<typeof controlSchema>,
  resource: string,
): Policy {
  const name =
    resource === everyResource ? 'all applications' : directory.findApplication(resource)?.displayName;
  const created = conditionalAccessPolicySchema.parse({
    id: randomUUID(),
    displayName: `${control} for ${name ?? resource}`,
    state: 'enabled',
    conditions: { applications: { includeApplications: [resource] }, users: { includeUsers: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: [control] },
  });
  directory.state.conditionalAccessPolicies.push(created);
  directory.save();
  return created;
}

/**
 * Finds the service principal of the application in the path.
 *
 * @throws {SwitchError} 404 if there is none.
 */
function principalOf({ directory }: EntraServices, parameters: PathParameters): ServicePrincipal {
  const { 'application ID': appId } = parameters;
  const principal = directory.state.servicePrincipals.find((one) => one.appId === appId);
  if (!principal) throw notFound('Service principal');
  return principal;
}

function unassign({ directory }: EntraServices, principalId: string, resourceId: string): void {
  const { state } = directory;
  state.appRoleAssignments = state.appRoleAssignments.filter(
    (one) => one.principalId !== principalId || one.resourceId !== resourceId,
  );
}

/**
 * Adds the service principal of a registered application, unless there is one. The caller saves.
 *
 * @throws {SwitchError} 404 if the application is not registered.
 */
export function restoreServicePrincipal(
  { directory }: Pick<EntraServices, 'directory'>,
  appId: string,
): void {
  const { state } = directory;
  if (state.servicePrincipals.some((principal) => principal.appId === appId)) return;
  if (!state.applications.some((application) => application.appId === appId)) throw notFound('Application');
  const deleted = state.deletedServicePrincipals.findLast((principal) => principal.appId === appId);
  state.deletedServicePrincipals = state.deletedServicePrincipals.filter((one) => one !== deleted);
  state.servicePrincipals.push(
    servicePrincipalSchema.parse(deleted ?? { id: randomUUID(), appId, appOwnerOrganizationId: tenant.id }),
  );
}

/** Grants a client the delegated permissions in its registration, for every user. Skips APIs that are not there. */
function consentForEveryone({ directory }: EntraServices, client: ServicePrincipal): void {
  for (const { resourceAppId, resourceAccess } of directory.findApplication(client.appId)
    ?.requiredResourceAccess ?? []) {
    const resource = directory.findResource(resourceAppId);
    if (!resource?.servicePrincipal) continue;
    const ids = resourceAccess.filter(({ type }) => type === 'Scope').map(({ id }) => id);
    const scopes = resource.application.api.oauth2PermissionScopes.filter(({ id }) => ids.includes(id));
    directory.grant({
      clientId: client.id,
      resourceId: resource.servicePrincipal.id,
      consentType: 'AllPrincipals',
      principalId: null,
      scopes: scopes.map(({ value }) => value),
    });
  }
}
