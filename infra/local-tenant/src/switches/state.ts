import { microsoftGraphAppId } from '../directory/first-party-applications.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { defaultLifetimes } from '../entra/lifetimes.ts';
import { signInName } from '../entra/tokens/user-claims.ts';
import { isSecondFactorPolicy } from './application-switches.ts';

/** Returns the current state of every switch, without secrets. */
export function tenantState(entra: EntraServices) {
  const { directory, signingKeys, lifetimes, clock, graphThrottling, services } = entra;
  const { state } = directory;
  const now = entra.now();
  const nameOf = (appId: string) => directory.findApplication(appId)?.displayName ?? appId;
  const appNameOf = (principalId: string) => {
    const { appId } = directory.findServicePrincipal(principalId) ?? { appId: principalId };
    return { appId, displayName: nameOf(appId) };
  };

  return {
    now,
    users: directory.users.map((user) => ({
      id: user.id,
      signInName: signInName(user),
      displayName: user.displayName,
      accountEnabled: user.accountEnabled,
      hasChangedPassword: state.userChanges[user.id]?.passwordDigest !== undefined,
      revokedAt: state.revocations[user.id]?.signInSessionsValidFromDateTime ?? null,
      events: state.calendarEvents
        .filter(({ userId }) => userId === user.id)
        .map(({ id, subject, start, end, showAs }) => ({ id, subject, start, end, showAs })),
    })),
    applications: state.applications.map(({ appId, displayName }) => {
      const principal = state.servicePrincipals.find((one) => one.appId === appId);
      const assigned = state.appRoleAssignments.filter(({ resourceId }) => resourceId === principal?.id);
      return {
        appId,
        displayName,
        isInTenant: principal !== undefined,
        accountEnabled: principal?.accountEnabled ?? false,
        appRoleAssignmentRequired: principal?.appRoleAssignmentRequired ?? false,
        assignedUsers: directory.users
          .filter(({ id }) => assigned.some(({ principalId }) => principalId === id))
          .map(signInName),
      };
    }),
    consents: state.permissionGrants.map(({ clientId, resourceId, principalId, scope }) => ({
      client: appNameOf(clientId),
      resource: appNameOf(resourceId),
      scopes: scope.split(' ').filter(Boolean),
      /** `null`: every user. */
      user: directory.users.filter(({ id }) => id === principalId).map(signInName)[0] ?? null,
    })),
    userConsent: { allowed: state.usersMayConsent },
    conditionalAccess: {
      policies: state.conditionalAccessPolicies,
      resources: [
        ...state.applications.map(({ appId, displayName }) => ({ appId, displayName })),
        { appId: microsoftGraphAppId, displayName: nameOf(microsoftGraphAppId) },
      ],
    },
    secondFactor: { required: state.conditionalAccessPolicies.some(isSecondFactorPolicy) },
    signingKeys: {
      signsWith: signingKeys.current().kid,
      published: signingKeys.published().map(({ kid }) => kid),
      withdrawn: signingKeys.withdrawn(),
    },
    lifetimes,
    defaultLifetimes,
    clock,
    graphThrottling: { seconds: Math.max(0, Math.ceil((graphThrottling.until - now.getTime()) / 1000)) },
    /** `null` if nothing can stop and start them. */
    services: services?.list() ?? null,
    failure: state.failure,
  };
}
