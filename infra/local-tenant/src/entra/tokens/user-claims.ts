import { createHash } from 'node:crypto';
import { tenant } from '../../directory/directory.ts';
import type { User } from '../../directory/users.ts';

/** Returns the sign-in name. A guest uses the name from the home tenant. */
export const signInName = (user: User): string =>
  user.userType === 'Guest' ? user.mail : user.userPrincipalName;

/** Returns the `idp` claim of guests. */
export const identityProvider = (user: User): string | undefined =>
  user.homeTenantId === tenant.id ? undefined : `https://sts.windows.net/${user.homeTenantId}/`;

/** Returns the user's account in the home tenant, under which MSAL caches it. A guest has another object ID there. */
export function homeAccount(user: User): { uid: string; utid: string } {
  if (user.homeTenantId === tenant.id) return { uid: user.id, utid: tenant.id };
  const hex = createHash('sha256').update(`${user.homeTenantId} ${user.id}`).digest('hex');
  const uid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { uid, utid: user.homeTenantId };
}
