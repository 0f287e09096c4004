import type { AppDescription } from '@obo/app-registration';
import type { Difference } from '@obo/app-registration/tenant';
import { z } from 'zod';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';

const platforms = {
  'spa.redirectUris': 'Single-page application',
  'web.redirectUris': 'Web',
  'publicClient.redirectUris': 'Mobile and desktop applications',
} as const;
type Property = keyof typeof platforms;
const properties = ['spa.redirectUris', 'web.redirectUris', 'publicClient.redirectUris'] as const;
export const redirectUriProperties: readonly string[] = properties;

const listSchema = z.array(z.string()).catch([]);

/** Why a redirect URI works on its own platform only. */
const reasons: Readonly<Record<Property, string>> = {
  'spa.redirectUris': 'a browser cannot redeem its authorization code',
  'web.redirectUris': 'Entra expects another kind of application there',
  'publicClient.redirectUris': 'Entra expects another kind of application there',
};

/** Reports redirect URIs that are missing, not described, or on another platform than described. */
export function checkRedirectUris(
  { uniqueName, spaRedirectUris, webRedirectUris, publicClientRedirectUris }: AppDescription,
  differences: readonly Difference[],
  { register }: Commands,
): Finding[] {
  const described: Readonly<Record<Property, readonly string[]>> = {
    'spa.redirectUris': spaRedirectUris,
    'web.redirectUris': webRedirectUris,
    'publicClient.redirectUris': publicClientRedirectUris,
  };
  const registered = (property: Property): readonly string[] => {
    const difference = differences.find((candidate) => candidate.property === property);
    return difference ? listSchema.parse(difference.from) : described[property];
  };
  const findings: Finding[] = [];
  const misplaced = new Set<string>();
  for (const property of properties) {
    for (const uri of described[property].filter((expected) => !registered(property).includes(expected))) {
      const other = properties.find((candidate) => registered(candidate).includes(uri));
      if (other === undefined) {
        const problem = `${uniqueName} lacks the redirect URI ${uri} on the platform "${platforms[property]}".`;
        findings.push(finding('redirect_uri_missing', problem, `Add it: \`${register}\`.`));
        continue;
      }
      misplaced.add(uri);
      const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[other]}", not on "${platforms[property]}": ${reasons[property]}.`;
      findings.push(finding('redirect_uri_on_wrong_platform', problem, `Move it: \`${register}\`.`));
    }
  }
  for (const property of properties) {
    const others = registered(property).filter(
      (uri) => !described[property].includes(uri) && !misplaced.has(uri),
    );
    for (const uri of others) {
      const problem = `${uniqueName} has the redirect URI ${uri} on the platform "${platforms[property]}", which is not in the description: authorization codes can be sent there.`;
      findings.push(finding('redirect_uri_not_described', problem, `Remove it: \`${register}\`.`));
    }
  }
  return findings;
}
