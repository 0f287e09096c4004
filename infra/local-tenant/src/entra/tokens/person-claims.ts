import { createHash } from 'node:crypto';
import { tenant } from '../../directory/directory.ts';
import type { Person } from '../../directory/people.ts';

/** A person from another tenant signs in with the name they have at home. */
export const signInName = (person: Person): string =>
  person.userType === 'Guest' ? person.mail : person.userPrincipalName;

/** `idp` of people whom another tenant signs in. */
export const identityProvider = (person: Person): string | undefined =>
  person.homeTenantId === tenant.id ? undefined : `https://sts.windows.net/${person.homeTenantId}/`;

/**
 * The person's account at home, which `client_info` carries: MSAL keeps accounts under it.
 * A guest has another object id there than here.
 */
export function homeAccount(person: Person): { uid: string; utid: string } {
  if (person.homeTenantId === tenant.id) return { uid: person.id, utid: tenant.id };
  const hex = createHash('sha256').update(`${person.homeTenantId} ${person.id}`).digest('hex');
  const uid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { uid, utid: person.homeTenantId };
}
