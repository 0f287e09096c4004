import type { AppKey, Environment } from '@obo/app-registration';
import { compareSettings, ownTag } from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import { type Finding, finding, type Observation, orPassed } from '../finding.ts';
import { checkRedirectUris, redirectUriProperties } from './check-redirect-uris.ts';
import { explainDifference } from './explain-difference.ts';
import type { Names, Registration, Registrations } from './read-registrations.ts';

/** Checks that each app is registered as described, and has a service principal. */
export function checkRegistrations(
  { apps, names }: Registrations,
  environments: Readonly<Partial<Record<AppKey, Environment>>>,
  commands: Commands,
): Observation[] {
  return apps.flatMap((registration) =>
    orPassed(
      checkRegistration(registration, environments[registration.app.key] ?? {}, names, commands),
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
        'foreign_app',
        `\`register\` did not create the app ${uniqueName}: it lacks the tag ${ownTag}.`,
        `Rename or delete it, or register apps with other names: \`${commands.register} --name-prefix <prefix>\`.`,
      ),
    );
  }
  if (CLIENT_ID && CLIENT_ID !== application.appId) {
    const problem = `${uniqueName} has the client ID ${application.appId}, but its environment file has ${CLIENT_ID}.`;
    findings.push(finding('client_id_differs', problem, `Write the file again: \`${commands.register}\`.`));
  }
  const differences = compareSettings(application, desired);
  const redirectUris = differences.filter(({ property }) => redirectUriProperties.includes(property));
  const others = differences.filter((difference) => !redirectUris.includes(difference));
  return [
    ...findings,
    ...checkRedirectUris(app, redirectUris, commands),
    ...others.flatMap((difference) => explainDifference(uniqueName, difference, names, commands)),
    ...checkServicePrincipal(registration, commands),
  ];
}

function checkServicePrincipal(
  { app: { uniqueName, displayName }, servicePrincipal }: Registration,
  { register }: Commands,
): Finding[] {
  if (servicePrincipal === null) {
    const problem = `${uniqueName} has no service principal: users cannot sign in to it, and no tokens are issued for it in this tenant.`;
    return [finding('service_principal_missing', problem, `Create it: \`${register}\`.`)];
  }
  const { id, accountEnabled, appRoleAssignmentRequired } = servicePrincipal;
  const where = `Enterprise applications, ${displayName}, Properties`;
  const byGraph = (body: string) =>
    `with Microsoft Graph: \`PATCH /servicePrincipals/${id}\`, body \`${body}\``;
  const findings: Finding[] = [];
  if (!accountEnabled) {
    const fix = `${where}: set "Enabled for users to sign-in?" to Yes; or ${byGraph('{"accountEnabled": true}')}.`;
    const problem = `The service principal of ${uniqueName} is disabled: no tokens are issued to it or for it.`;
    findings.push(finding('service_principal_disabled', problem, fix));
  }
  if (appRoleAssignmentRequired) {
    const fix = `${where}: set "Assignment required?" to No, or assign the users; or ${byGraph('{"appRoleAssignmentRequired": false}')}.`;
    const problem = `${uniqueName} is for assigned users only: Entra rejects all others.`;
    findings.push(finding('assignment_required', problem, fix));
  }
  return findings;
}
