import { type User, users } from '../../directory/users.ts';
import type { GraphTokenClaims } from '../../entra/tokens/verify-graph-token.ts';
import { badRequest, insufficientPrivileges } from '../graph-error.ts';
import { hasPermission, type Permission } from '../permissions.ts';

const full: Permission = {
  delegated: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  application: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};
const basic: Permission = { delegated: ['User.ReadBasic.All'], application: ['User.ReadBasic.All'] };
const own: Permission = {
  delegated: ['User.Read', 'User.ReadWrite', 'User.ReadBasic.All', ...full.delegated],
};

export const readPhotos: Permission = {
  delegated: ['ProfilePhoto.Read.All', 'User.ReadBasic.All', ...full.delegated],
  application: ['ProfilePhoto.Read.All', 'User.ReadBasic.All', ...(full.application ?? [])],
};

/** For other users's sessions an administrator is needed besides the permission. */
export const revokeSessions: Permission = {
  delegated: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  application: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
};

/** The signed-in user. */
export function signedInUser(caller: GraphTokenClaims): User {
  if (caller.kind === 'app') {
    throw badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest');
  }
  const user = users.find(({ id }) => id === caller.objectId);
  if (!user) throw insufficientPrivileges();
  return user;
}

/** How much of the user the caller may read: everything, or the basic profile. */
export function readableProfile(caller: GraphTokenClaims, user: User): 'full' | 'basic' {
  if (hasPermission(caller, full)) return 'full';
  if (caller.objectId === user.id && hasPermission(caller, own)) return 'full';
  if (hasPermission(caller, basic)) return 'basic';
  throw insufficientPrivileges();
}

/** Following a link to another user, as `/me/manager` does, needs more than `User.Read`. */
export function checkMayReadOthers(caller: GraphTokenClaims): void {
  if (!hasPermission(caller, full) && !hasPermission(caller, basic)) throw insufficientPrivileges();
}

/** Guests may read users they can name, not list them ("Default user permissions", "Guest users"). */
export function checkMayList(caller: GraphTokenClaims): void {
  if (caller.kind === 'user' && signedInUser(caller).userType === 'Guest') throw insufficientPrivileges();
  checkMayReadOthers(caller);
}
