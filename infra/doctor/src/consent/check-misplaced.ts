import type { AppDescription } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Consent } from './read-consents.ts';
import { type RequiredConsent, resourceName, signInScopes } from './required-consents.ts';

/** Reports consent to an app that does not list the permission: given to the wrong app, or unnecessary. */
export function checkMisplaced(
  consents: readonly Consent[],
  apps: readonly AppDescription[],
  required: readonly RequiredConsent[],
  { grantAdminConsent }: Commands,
): Finding[] {
  // Each problem once, as several users may have made the same mistake.
  const findings = new Map<string, Finding>();
  for (const { client, resource, scopes } of consents) {
    const app = apps.find(({ key }) => key === client);
    const listed = app?.requiredScopes.find((permission) => permission.resource === resource)?.values ?? [];
    const unlisted = scopes.filter((scope) => !listed.includes(scope) && !signInScopes.has(scope));
    if (app === undefined || unlisted.length === 0) continue;
    const intended = required.find(
      (other) =>
        other.client.key !== client &&
        other.resource === resource &&
        other.scopes.some((scope) => unlisted.includes(scope) && !isGranted(consents, other, scope)),
    );
    const what = `${unlisted.join(', ')} of ${resourceName(resource, apps)}`;
    const remove = `Remove it: Enterprise applications, ${app.displayName}, Permissions.`;
    const found = intended
      ? finding(
          'consent_for_wrong_app',
          `Consent for ${what} was given to ${app.uniqueName}, which does not use it. ${intended.client.uniqueName} needs it, but has none.`,
          `Give it to the right app: \`${grantAdminConsent}\`. ${remove}`,
        )
      : finding(
          'consent_not_described',
          `${app.uniqueName} has consent for ${what}, which it does not list.`,
          remove,
        );
    findings.set(found.problem, found);
  }
  return [...findings.values()];
}

const isGranted = (
  consents: readonly Consent[],
  { client, resource }: RequiredConsent,
  scope: string,
): boolean =>
  consents.some(
    (consent) =>
      consent.client === client.key && consent.resource === resource && consent.scopes.includes(scope),
  );
