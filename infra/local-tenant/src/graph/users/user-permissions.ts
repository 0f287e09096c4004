import { type Person, people } from '../../directory/people.ts';
import type { GraphTokenClaims } from '../../entra/tokens/graph-token.ts';
import { badRequest, insufficientPrivileges } from '../graph-error.ts';
import { holds, type Permission } from '../permissions.ts';

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

/** For other people's sessions an administrator is needed besides the permission. */
export const revokeSessions: Permission = {
  delegated: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  application: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
};

/** The signed-in person. */
export function signedInPerson(caller: GraphTokenClaims): Person {
  if (caller.kind === 'app') {
    throw badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest');
  }
  const person = people.find(({ id }) => id === caller.objectId);
  if (!person) throw insufficientPrivileges();
  return person;
}

/** How much of the person the caller may read: everything, or the basic profile. */
export function readingOf(caller: GraphTokenClaims, person: Person): 'full' | 'basic' {
  if (holds(caller, full)) return 'full';
  if (caller.objectId === person.id && holds(caller, own)) return 'full';
  if (holds(caller, basic)) return 'basic';
  throw insufficientPrivileges();
}

/** Following a link to another person, as `/me/manager` does, needs more than `User.Read`. */
export function demandReadingOthers(caller: GraphTokenClaims): void {
  if (!holds(caller, full) && !holds(caller, basic)) throw insufficientPrivileges();
}

/** Guests may read people they can name, not list them ("Default user permissions", "Guest users"). */
export function demandListing(caller: GraphTokenClaims): void {
  if (caller.kind === 'user' && signedInPerson(caller).userType === 'Guest') throw insufficientPrivileges();
  demandReadingOthers(caller);
}
