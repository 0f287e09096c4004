import { initialAuthenticationContexts } from '../directory/schema.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { defaultLifetimes } from '../entra/lifetimes.ts';
import { restoreServicePrincipal } from './application-switches.ts';
import { forgetConsents, forgetSessions } from './forget.ts';

/** Puts every switch back to its default: the tenant is as after the registration of its applications. */
export function resetTenant(entra: EntraServices): void {
  const { directory, signingKeys, lifetimes, clock, graphThrottling, services } = entra;
  const { state } = directory;
  Object.assign(lifetimes, defaultLifetimes);
  clock.ahead = 0;
  graphThrottling.until = 0;
  for (const { name, isRunning } of services?.list() ?? []) if (!isRunning) services?.setRunning(name, true);
  if (signingKeys.published().length > 1 || signingKeys.withdrawn().length > 0) signingKeys.discardOthers();

  for (const { appId } of state.applications) restoreServicePrincipal(entra, appId);
  for (const principal of state.servicePrincipals)
    Object.assign(principal, { accountEnabled: true, appRoleAssignmentRequired: false });
  const userIds = directory.users.map(({ id }) => id);
  state.appRoleAssignments = state.appRoleAssignments.filter(
    ({ principalId }) => !userIds.includes(principalId),
  );
  state.conditionalAccessPolicies.length = 0;
  state.authenticationContexts = [...initialAuthenticationContexts];
  state.userChanges = {};
  state.calendarEvents = [];
  state.usersMayConsent = true;
  state.failure = null;
  forgetConsents(entra);
  forgetSessions(entra);
}
