import { cloudWith, defaultNamePrefix, type Environment } from '@obo/app-registration';

/** Commands for the user to run, for the examined tenant and set of apps. */
export interface Commands {
  register: string;
  grantAdminConsent: string;
  start: string;
}

/**
 * Returns the commands for a tenant.
 *
 * @param middleTier Variables of the middle tier, which tell the cloud.
 */
export function commandsFor(
  kind: 'local' | 'real',
  namePrefix: string | undefined,
  middleTier: Environment = {},
): Commands {
  const prefix =
    namePrefix === undefined || namePrefix === defaultNamePrefix ? '' : ` --name-prefix ${namePrefix}`;
  const tenant = kind === 'local' ? ' --local' : cloudFlags(middleTier);
  const register = `npx -y pnpm@12 register${tenant}${prefix}`;
  return {
    register,
    grantAdminConsent: `${register} --grant-admin-consent`,
    start: kind === 'local' ? 'npx -y pnpm@12 start' : `npx -y pnpm@12 start --tenant${prefix}`,
  };
}

/** Returns the flags for a cloud other than the global one. */
function cloudFlags({ GRAPH_BASE_URL: graph = '', AUTHORITY: authority = '' }: Environment): string {
  if (!URL.canParse(graph) || !URL.canParse(authority)) return '';
  const graphUrl = new URL(graph).origin;
  const authorityUrl = new URL(authority).origin;
  const known = cloudWith(graphUrl);
  if (!known) return ` --authority-url ${authorityUrl} --graph-url ${graphUrl}`;
  return [
    known.name === 'global' ? '' : ` --cloud ${known.name}`,
    // External ID has its own authority in the global cloud.
    known.cloud.authorityUrl === authorityUrl ? '' : ` --authority-url ${authorityUrl}`,
  ].join('');
}
