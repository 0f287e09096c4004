import { defaultNamePrefix } from '../description.ts';

/** Commands for a person to run, for the tenant and the set of apps that are looked at. */
export interface Commands {
  register: string;
  consentForEveryone: string;
  start: string;
}

export function commandsFor(kind: 'local' | 'real', namePrefix: string | undefined): Commands {
  const prefix =
    namePrefix === undefined || namePrefix === defaultNamePrefix ? '' : ` --name-prefix ${namePrefix}`;
  const register = `npx -y pnpm@12 register${kind === 'local' ? ' --local' : ''}${prefix}`;
  return {
    register,
    consentForEveryone: `${register} --grant-admin-consent`,
    start: kind === 'local' ? 'npx -y pnpm@12 start' : `npx -y pnpm@12 start --tenant${prefix}`,
  };
}
