import type { AppDescription } from '@obo/app-registration';
import type { Difference } from '@obo/app-registration/tenant';
import { z } from 'zod';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';

const spa = 'spa.redirectUris';
const platforms: Readonly<Record<string, string>> = {
  [spa]: 'Single-page application',
  'web.redirectUris': 'Web',
  'publicClient.redirectUris': 'Mobile and desktop applications',
};
export const redirectUriProperties: readonly string[] = Object.keys(platforms);

const listSchema = z.array(z.string()).catch([]);

/** Says which redirect URIs are missing, too many, or on another platform than the one for single-page applications. */
export function checkRedirectUris(
  { uniqueName, spaRedirectUris }: AppDescription,
  differences: readonly Difference[],
  { register }: Commands,
): Finding[] {
  const registered = (property: string): readonly string[] => {
    const difference = differences.find((candidate) => candidate.property === property);
    if (difference) return listSchema.parse(difference.from);
    return property === spa ? spaRedirectUris : [];
  };
  const findings: Finding[] = [];
  const misplaced = new Set<string>();
  for (const uri of spaRedirectUris.filter((wanted) => !registered(spa).includes(wanted))) {
    const property = redirectUriProperties.find((other) => registered(other).includes(uri));
    if (property === undefined) {
      const problem = `${uniqueName} lacks the redirect URI ${uri}.`;
      findings.push(finding('redirect_uri_missing', problem, `Add it: \`${register}\`.`));
      continue;
    }
    misplaced.add(uri);
    const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[property]}", and not on "${platforms[spa]}": its code cannot be redeemed in a browser.`;
    findings.push(finding('redirect_uri_on_wrong_platform', problem, `Move it: \`${register}\`.`));
  }
  for (const property of redirectUriProperties) {
    const wanted: readonly string[] = property === spa ? spaRedirectUris : [];
    for (const uri of registered(property).filter((each) => !wanted.includes(each) && !misplaced.has(each))) {
      const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[property]}", which is not in the description: codes are sent there too.`;
      findings.push(finding('redirect_uri_not_described', problem, `Take it away: \`${register}\`.`));
    }
  }
  return findings;
}
