import { type Request, type Response, Router } from 'express';
import type { Directory } from '../../directory/directory.ts';
import { globalAdministratorRole, type User } from '../../directory/users.ts';
import { callerOf } from '../authentication.ts';
import { insufficientPrivileges, notFound } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { demand } from '../permissions.ts';
import { sendPhoto, sendPhotoMetadata } from './photos.ts';
import { defaultProperties, notKept, reduceToBasic, representUser } from './user.ts';
import {
  demandListing,
  demandReadingOthers,
  readingOf,
  readPhotos,
  revokeSessions,
  signedInUser,
} from './user-permissions.ts';

const shape = { type: 'user', notKept, byDefault: defaultProperties };

/**
 * `/me` and `/users` of Microsoft Graph v1.0 ("Get a user", "List users", "List manager", "Get profilePhoto",
 * "user: revokeSignInSessions").
 *
 * The manager: the reference asks for `User.Read.All`; `User.ReadBasic.All` is taken as well, for the basic profile.
 */
export function usersRouter({
  directory,
  graphBaseUrl,
  now,
}: {
  directory: Directory;
  graphBaseUrl: string;
  now: () => Date;
}) {
  const router = Router();
  const me = (request: Request) => signedInUser(callerOf(request));
  const named = (request: Request<{ id: string }>) => find(directory, request.params.id);

  const represent = (request: Request, user: User) => {
    const represented = representUser(
      user,
      directory.state.revocations[user.id]?.signInSessionsValidFromDateTime ?? null,
    );
    return readingOf(callerOf(request), user) === 'full' ? represented : reduceToBasic(represented);
  };

  const sendUser = (request: Request, response: Response, user: User) => {
    const { select } = readQuery(request);
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'users', select),
      ...applySelect(represent(request, user), select, shape),
    });
  };

  const sendManager = (request: Request, response: Response, user: User) => {
    const { select } = readQuery(request);
    demandReadingOthers(callerOf(request));
    const manager = directory.users.find(({ id }) => id === user.managerId);
    if (!manager) throw notFound('manager');
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'directoryObjects', select),
      '@odata.type': '#microsoft.graph.user',
      ...applySelect(represent(request, manager), select, shape),
    });
  };

  const sendPhotoOf = (request: Request, response: Response, user: User, size?: string) => {
    demandPhoto(request, user);
    sendPhoto(response, user, size);
  };

  const revoke = (request: Request, response: Response, user: User) => {
    const caller = callerOf(request);
    const others = caller.kind === 'user' && caller.objectId !== user.id;
    demand(caller, revokeSessions);
    if (others && !caller.directoryRoles.has(globalAdministratorRole)) throw insufficientPrivileges();
    directory.state.revocations[user.id] = { signInSessionsValidFromDateTime: now().toISOString() };
    directory.save();
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'Edm.Boolean', null, false),
      value: true,
    });
  };

  router.get('/me', (request, response) => sendUser(request, response, me(request)));
  router.get('/me/manager', (request, response) => sendManager(request, response, me(request)));
  router.get('/me/photo', (request, response) => {
    demandPhoto(request, me(request));
    sendPhotoMetadata(response, me(request), graphBaseUrl);
  });
  router.get('/me/photo/$value', (request, response) => sendPhotoOf(request, response, me(request)));
  router.get('/me/photos/:size/$value', (request, response) =>
    sendPhotoOf(request, response, me(request), request.params.size),
  );
  router.post('/me/revokeSignInSessions', (request, response) => revoke(request, response, me(request)));

  router.get('/users', (request, response) => {
    demandListing(callerOf(request));
    const query = readQuery(request);
    const found = applyFilter(directory.users, query.filter, [
      'id',
      'userPrincipalName',
      'mail',
      'displayName',
    ]);
    const users = found.map((user) => applySelect(represent(request, user), query.select, shape));
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'users', query.select, false),
      ...pageOf(users, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });
  router.get('/users/:id', (request, response) => sendUser(request, response, named(request)));
  router.get('/users/:id/manager', (request, response) => sendManager(request, response, named(request)));
  router.get('/users/:id/photo', (request, response) => {
    demandPhoto(request, named(request));
    sendPhotoMetadata(response, named(request), graphBaseUrl);
  });
  router.get('/users/:id/photo/$value', (request, response) =>
    sendPhotoOf(request, response, named(request)),
  );
  router.get('/users/:id/photos/:size/$value', (request, response) =>
    sendPhotoOf(request, response, named(request), request.params.size),
  );
  router.post('/users/:id/revokeSignInSessions', (request, response) =>
    revoke(request, response, named(request)),
  );
  return router;
}

function demandPhoto(request: Request, user: User): void {
  const caller = callerOf(request);
  if (caller.objectId === user.id) readingOf(caller, user);
  else demand(caller, readPhotos);
}

function find(directory: Directory, idOrUserPrincipalName: string): User {
  const name = idOrUserPrincipalName.toLowerCase();
  const user = directory.users.find(
    ({ id, userPrincipalName }) => id === name || userPrincipalName.toLowerCase() === name,
  );
  if (!user) throw notFound(idOrUserPrincipalName);
  return user;
}
