import type { AppDescription } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Consent } from './read-consents.ts';
import { ofSignIn, resourceName, type WantedConsent } from './wanted-consents.ts';

/** What was consented to for an app that does not list it: meant for another app, or simply too much. */
export function checkMisplaced(
  consents: readonly Consent[],
  apps: readonly AppDescription[],
  wanted: readonly WantedConsent[],
  { consentForEveryone }: Commands,
): Finding[] {
  // By what it says: many people may have made the same mistake.
  const findings = new Map<string, Finding>();
  for (const { client, resource, scopes } of consents) {
    const app = apps.find(({ key }) => key === client);
    const listed = app?.requiredScopes.find((required) => required.resource === resource)?.values ?? [];
    const more = scopes.filter((scope) => !listed.includes(scope) && !ofSignIn.has(scope));
    if (app === undefined || more.length === 0) continue;
    const needy = wanted.find(
      (other) =>
        other.client.key !== client &&
        other.resource === resource &&
        other.scopes.some((scope) => more.includes(scope) && !isGiven(consents, other, scope)),
    );
    const what = `${more.join(', ')} of ${resourceName(resource, apps)}`;
    const remove = `Take it away: Enterprise applications, ${app.displayName}, Permissions.`;
    const found = needy
      ? finding(
          'consent_for_wrong_app',
          `Consent for ${what} was given to ${app.uniqueName}, which does not use it. ${needy.client.uniqueName} needs it, and has none.`,
          `Give it to the right one: \`${consentForEveryone}\`. ${remove}`,
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

const isGiven = (consents: readonly Consent[], { client, resource }: WantedConsent, scope: string): boolean =>
  consents.some(
    (each) => each.client === client.key && each.resource === resource && each.scopes.includes(scope),
  );
