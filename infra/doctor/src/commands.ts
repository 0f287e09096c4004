import { cloudWith, defaultNamePrefix, type Environment } from '@obo/app-registration';

/** Commands for a person to run, for the tenant and the set of apps that are looked at. */
export interface Commands {
  register: string;
  consentForEveryone: string;
  start: string;
}

/** @param middleTier What its environment file says: which cloud it is. */
export function commandsFor(
  kind: 'local' | 'real',
  namePrefix: string | undefined,
  middleTier: Environment = {},
): Commands {
  const prefix =
    namePrefix === undefined || namePrefix === defaultNamePrefix ? '' : ` --name-prefix ${namePrefix}`;
  const tenant = kind === 'local' ? ' --local' : cloudOf(middleTier);
  const register = `npx -y pnpm@12 register${tenant}${prefix}`;
  return {
    register,
    consentForEveryone: `${register} --grant-admin-consent`,
    start: kind === 'local' ? 'npx -y pnpm@12 start' : `npx -y pnpm@12 start --tenant${prefix}`,
  };
}

/** The flags that lead to another cloud than the public one. */
function cloudOf({ GRAPH_BASE_URL: graph = '', AUTHORITY: authority = '' }: Environment): string {
  if (!URL.canParse(graph) || !URL.canParse(authority)) return '';
  const graphUrl = new URL(graph).origin;
  const authorityUrl = new URL(authority).origin;
  const known = cloudWith(graphUrl);
  if (!known) return ` --authority-url ${authorityUrl} --graph-url ${graphUrl}`;
  return [
    known.name === 'global' ? '' : ` --cloud ${known.name}`,
    // External ID has addresses of its own.
    known.cloud.authorityUrl === authorityUrl ? '' : ` --authority-url ${authorityUrl}`,
  ].join('');
}
