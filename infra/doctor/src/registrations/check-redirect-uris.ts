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

/** Reports redirect URIs that are missing, not described, or on a platform other than single-page application. */
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
  for (const uri of spaRedirectUris.filter((expected) => !registered(spa).includes(expected))) {
    const property = redirectUriProperties.find((other) => registered(other).includes(uri));
    if (property === undefined) {
      const problem = `${uniqueName} lacks the redirect URI ${uri}.`;
      findings.push(finding('redirect_uri_missing', problem, `Add it: \`${register}\`.`));
      continue;
    }
    misplaced.add(uri);
    const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[property]}", not on "${platforms[spa]}": a browser cannot redeem its authorization code.`;
    findings.push(finding('redirect_uri_on_wrong_platform', problem, `Move it: \`${register}\`.`));
  }
  for (const property of redirectUriProperties) {
    const expected: readonly string[] = property === spa ? spaRedirectUris : [];
    const others = registered(property).filter((uri) => !expected.includes(uri) && !misplaced.has(uri));
    for (const uri of others) {
      const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[property]}", which is not in the description: authorization codes can be sent there.`;
      findings.push(finding('redirect_uri_not_described', problem, `Remove it: \`${register}\`.`));
    }
  }
  return findings;
}
