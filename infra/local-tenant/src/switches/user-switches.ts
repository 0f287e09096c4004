import { createHash } from 'node:crypto';
import { z } from 'zod';
import { password as passwordOfEveryUser, type User } from '../directory/users.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { forgetSessions } from './forget.ts';
import { defineSwitch, noBody, noContent, notFound, type PathParameters, type Switch } from './switch.ts';

const group = 'Users';

/** Switches for users and their sign-ins. */
export const userSwitches: readonly Switch[] = [
  defineSwitch(
    {
      request: 'PATCH /users/{sign-in name}',
      group,
      name: 'Disable or enable a user',
      causes:
        'A disabled user cannot sign in (AADSTS50057). Refresh tokens and exchanges for the user are rejected with the same number.',
      undo: 'Enable the user. Hana Sato is disabled by default.',
      survivesRestart: true,
    },
    z.strictObject({ accountEnabled: z.boolean() }),
    (entra, { accountEnabled }, parameters) => {
      changeUser(entra, userOf(entra, parameters), { accountEnabled });
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'PUT /users/{sign-in name}/password',
      group,
      name: 'Change a user’s password',
      causes:
        'Sign-in requires the new password. Refresh tokens (AADSTS50173) and exchanges (AADSTS50133) from earlier sign-ins are rejected.',
      undo: 'Change it back, and sign in again.',
      survivesRestart: true,
    },
    z.strictObject({ password: z.string().min(1).max(256) }),
    (entra, { password }, parameters) => {
      const user = userOf(entra, parameters);
      const digest = createHash('sha256').update(password).digest('base64url');
      revoke(entra, user);
      changeUser(entra, user, {
        passwordDigest: password === passwordOfEveryUser ? undefined : digest,
      });
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'POST /users/{sign-in name}/revocation',
      group,
      name: 'Revoke a user’s sign-ins',
      causes:
        'Refresh tokens (AADSTS50173) and exchanges (AADSTS50133) from earlier sign-ins are rejected. Microsoft Graph answers 401 with a claims challenge.',
      undo: 'Take the revocation back. A real tenant cannot: the user signs in again.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      revoke(entra, userOf(entra, parameters));
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /users/{sign-in name}/revocation',
      group,
      name: 'Take a revocation back',
      causes: 'Earlier sign-ins of the user are valid again.',
      undo: 'Revoke the user’s sign-ins.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      delete entra.directory.state.revocations[userOf(entra, parameters).id];
      entra.directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /sessions',
      group,
      name: 'Sign out every user',
      causes:
        'Sessions, codes and refresh tokens become invalid (AADSTS70000), and so do exchanges of older access tokens (AADSTS50133).',
      undo: 'Users sign in again.',
      survivesRestart: true,
    },
    noBody,
    (entra) => {
      forgetSessions(entra);
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /refresh-tokens',
      group,
      name: 'Expire every refresh token',
      causes:
        'Refresh tokens issued so far are rejected (AADSTS700084 for single-page applications, AADSTS700082 for others). Sessions in browsers stay valid.',
      undo: 'Users sign in again, or their browsers do it in a hidden frame.',
      survivesRestart: true,
    },
    noBody,
    ({ directory }) => {
      directory.state.refreshTokenGeneration++;
      directory.save();
      return noContent;
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /users/{sign-in name}/events',
      group,
      name: 'Empty a user’s calendar',
      causes:
        'The user deletes every event in Outlook. An application that still wants one of them gets 404 from Microsoft Graph.',
      undo: 'Let the application create them again.',
      survivesRestart: true,
    },
    noBody,
    (entra, _body, parameters) => {
      const { id } = userOf(entra, parameters);
      const { state } = entra.directory;
      state.calendarEvents = state.calendarEvents.filter(({ userId }) => userId !== id);
      entra.directory.save();
      return noContent;
    },
  ),
];

/**
 * Finds the user in the path.
 *
 * @throws {SwitchError} 404 if there is none.
 */
export function userOf({ directory }: EntraServices, parameters: PathParameters): User {
  const user = directory.findUser(parameters['sign-in name'] ?? '');
  if (!user) throw notFound('User');
  return user;
}

/** Revokes what the user signed in to so far. The caller saves. */
function revoke({ directory, now }: EntraServices, { id }: User): void {
  directory.state.revocations[id] = { signInSessionsValidFromDateTime: now().toISOString() };
  directory.save();
}

function changeUser(
  { directory }: EntraServices,
  { id }: User,
  changes: { accountEnabled?: boolean; passwordDigest?: string | undefined },
): void {
  directory.state.userChanges[id] = { ...directory.state.userChanges[id], ...changes };
  directory.save();
}
