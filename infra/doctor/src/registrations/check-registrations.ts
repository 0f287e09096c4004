import type { AppKey, Environment } from '@obo/app-registration';
import { compareSettings, ownTag } from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import { type Finding, finding, type Observation, orFine } from '../finding.ts';
import { checkRedirectUris, redirectUriProperties } from './check-redirect-uris.ts';
import { explainDifference } from './explain-difference.ts';
import type { Names, Registration, Registrations } from './read-registrations.ts';

/** Looks whether each app is registered as described, and stands in the tenant. */
export function checkRegistrations(
  { apps, names }: Registrations,
  environments: Readonly<Record<AppKey, Environment>>,
  commands: Commands,
): Observation[] {
  return apps.flatMap((registration) =>
    orFine(
      checkRegistration(registration, environments[registration.app.key], names, commands),
      `${registration.app.uniqueName} is registered as described`,
    ),
  );
}

function checkRegistration(
  registration: Registration,
  { CLIENT_ID }: Environment,
  names: Names,
  commands: Commands,
): Finding[] {
  const { app, application, desired } = registration;
  const { uniqueName } = app;
  if (application === null) {
    const problem = `${uniqueName} is not registered in this tenant.`;
    return [finding('app_missing', problem, `Register it: \`${commands.register}\`.`)];
  }
  const findings: Finding[] = [];
  if (!application.tags.includes(ownTag)) {
    findings.push(
      finding(
        'app_of_somebody_else',
        `${uniqueName} is an app that \`register\` did not make: it lacks the tag ${ownTag}.`,
        `Rename or delete it, or register a set of apps with another name: \`${commands.register} --name-prefix <prefix>\`.`,
      ),
    );
  }
  if (CLIENT_ID && CLIENT_ID !== application.appId) {
    const problem = `${uniqueName} has the client ID ${application.appId}, and its environment file ${CLIENT_ID}.`;
    findings.push(finding('client_id_differs', problem, `Write the file again: \`${commands.register}\`.`));
  }
  const differences = compareSettings(application, desired);
  const ofRedirectUris = differences.filter(({ property }) => redirectUriProperties.includes(property));
  const others = differences.filter((difference) => !ofRedirectUris.includes(difference));
  return [
    ...findings,
    ...checkRedirectUris(app, ofRedirectUris, commands),
    ...others.flatMap((difference) => explainDifference(uniqueName, difference, names, commands)),
    ...checkServicePrincipal(registration, commands),
  ];
}

function checkServicePrincipal(
  { app: { uniqueName, displayName }, servicePrincipal }: Registration,
  { register }: Commands,
): Finding[] {
  if (servicePrincipal === null) {
    const problem = `${uniqueName} has no service principal: for sign-in and tokens it is not in this tenant.`;
    return [finding('service_principal_missing', problem, `Create it: \`${register}\`.`)];
  }
  const { id, accountEnabled, appRoleAssignmentRequired } = servicePrincipal;
  const where = `Enterprise applications, ${displayName}, Properties`;
  const byGraph = (body: string) => `by Microsoft Graph: \`PATCH /servicePrincipals/${id}\` with \`${body}\``;
  const findings: Finding[] = [];
  if (!accountEnabled) {
    const fix = `${where}: set "Enabled for users to sign-in?" to Yes; or ${byGraph('{"accountEnabled": true}')}.`;
    const problem = `The service principal of ${uniqueName} is disabled: it gets no tokens, and nobody gets one for it.`;
    findings.push(finding('service_principal_disabled', problem, fix));
  }
  if (appRoleAssignmentRequired) {
    const fix = `${where}: set "Assignment required?" to No, or assign the people; or ${byGraph('{"appRoleAssignmentRequired": false}')}.`;
    const problem = `${uniqueName} is for assigned people only: all others are refused.`;
    findings.push(finding('assignment_required', problem, fix));
  }
  return findings;
}
