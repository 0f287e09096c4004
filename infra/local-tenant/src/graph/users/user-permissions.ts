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

/** For the sessions of other users, the caller must be an administrator as well. */
export const revokeSessions: Permission = {
  delegated: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  application: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
};

/**
 * Returns the signed-in user.
 *
 * @throws {GraphError} 400 for an application's own token.
 */
export function signedInUser(caller: GraphTokenClaims): User {
  if (caller.kind === 'app') {
    throw badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest');
  }
  const user = users.find(({ id }) => id === caller.objectId);
  if (!user) throw insufficientPrivileges();
  return user;
}

/**
 * Tells whether the caller may read the user's full or basic profile.
 *
 * @throws {GraphError} 403 if neither.
 */
export function readableProfile(caller: GraphTokenClaims, user: User): 'full' | 'basic' {
  if (hasPermission(caller, full)) return 'full';
  if (caller.objectId === user.id && hasPermission(caller, own)) return 'full';
  if (hasPermission(caller, basic)) return 'basic';
  throw insufficientPrivileges();
}

/** Requires permission to follow a link to another user, such as `/me/manager`: more than `User.Read`. */
export function checkMayReadOthers(caller: GraphTokenClaims): void {
  if (!hasPermission(caller, full) && !hasPermission(caller, basic)) throw insufficientPrivileges();
}

/**
 * Requires permission to list users. Guests may only read users they can name ("Default user permissions", "Guest
 * users").
 */
export function checkMayList(caller: GraphTokenClaims): void {
  if (caller.kind === 'user' && signedInUser(caller).userType === 'Guest') throw insufficientPrivileges();
  checkMayReadOthers(caller);
}
