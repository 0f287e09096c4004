import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Directory } from '../../directory/directory.ts';
import { directoryRoleTemplates, type User } from '../../directory/users.ts';
import { callerOf } from '../authentication.ts';
import { insufficientPrivileges, notFound } from '../graph-error.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { contextOf, sendJson } from '../odata-response.ts';
import { checkPermission } from '../permissions.ts';
import { sendPhoto, sendPhotoMetadata } from './photos.ts';
import { defaultProperties, notKept, reduceToBasic, representUser } from './user.ts';
import {
  checkMayList,
  checkMayReadOthers,
  readableProfile,
  readPhotos,
  revokeSessions,
  signedInUser,
} from './user-permissions.ts';

interface Services {
  directory: Directory;
  graphBaseUrl: string;
  now: () => Date;
}

/** Handles a request about one user: the signed-in one (`/me`) or the one in the path (`/users/{id}`). */
type UserHandler = (services: Services, request: Request, response: Response, user: User) => void;

const shape = { type: 'user', notKept, byDefault: defaultProperties };

/**
 * Serves `/me` and `/users` of Microsoft Graph v1.0 ("Get a user", "List users", "List manager", "Get profilePhoto",
 * "user: revokeSignInSessions"). For the manager, the reference requires `User.Read.All`; `User.ReadBasic.All` is
 * accepted as well, for the basic profile.
 */
export function usersRouter(services: Services): Router {
  const router = Router();
  const forUser =
    (handle: UserHandler): RequestHandler =>
    (request, response) => {
      const { id } = request.params;
      const user =
        id === undefined ? signedInUser(callerOf(request)) : findUser(services.directory, String(id));
      handle(services, request, response, user);
    };

  for (const path of ['/me', '/users/:id']) {
    router.get(path, forUser(getUser));
    router.get(`${path}/manager`, forUser(getManager));
    router.get(`${path}/photo`, forUser(getPhotoMetadata));
    router.get(`${path}/photo/$value`, forUser(getPhoto));
    router.get(`${path}/photos/:size/$value`, forUser(getPhoto));
    router.post(`${path}/revokeSignInSessions`, forUser(revokeSignInSessions));
  }
  router.get('/users', listUsers(services));
  return router;
}

const getUser: UserHandler = (services, request, response, user) => {
  const { select } = readQuery(request);
  sendJson(response, 200, {
    '@odata.context': contextOf(services.graphBaseUrl, 'users', select),
    ...applySelect(representFor(services, request, user), select, shape),
  });
};

const getManager: UserHandler = (services, request, response, user) => {
  const { select } = readQuery(request);
  checkMayReadOthers(callerOf(request));
  const manager = services.directory.users.find(({ id }) => id === user.managerId);
  if (!manager) throw notFound('manager');
  sendJson(response, 200, {
    '@odata.context': contextOf(services.graphBaseUrl, 'directoryObjects', select),
    '@odata.type': '#microsoft.graph.user',
    ...applySelect(representFor(services, request, manager), select, shape),
  });
};

const getPhotoMetadata: UserHandler = ({ graphBaseUrl }, request, response, user) => {
  checkMayReadPhoto(request, user);
  sendPhotoMetadata(response, user, graphBaseUrl);
};

const getPhoto: UserHandler = (_services, request, response, user) => {
  checkMayReadPhoto(request, user);
  const { size } = request.params;
  sendPhoto(response, user, size === undefined ? undefined : String(size));
};

const revokeSignInSessions: UserHandler = ({ directory, graphBaseUrl, now }, request, response, user) => {
  const caller = callerOf(request);
  checkPermission(caller, revokeSessions);
  const isOther = caller.kind === 'user' && caller.objectId !== user.id;
  if (isOther && !caller.directoryRoles.has(directoryRoleTemplates.globalAdministrator))
    throw insufficientPrivileges();
  directory.state.revocations[user.id] = { signInSessionsValidFromDateTime: now().toISOString() };
  directory.save();
  sendJson(response, 200, {
    '@odata.context': contextOf(graphBaseUrl, 'Edm.Boolean', null, false),
    value: true,
  });
};

const listUsers =
  (services: Services): RequestHandler =>
  (request, response) => {
    checkMayList(callerOf(request));
    const query = readQuery(request);
    const filterable = ['id', 'userPrincipalName', 'mail', 'displayName'] as const;
    const users = applyFilter(services.directory.users, query.filter, filterable).map((user) =>
      applySelect(representFor(services, request, user), query.select, shape),
    );
    sendJson(response, 200, {
      '@odata.context': contextOf(services.graphBaseUrl, 'users', query.select, false),
      ...pageOf(users, query, new URL(`${services.graphBaseUrl}${request.url}`)),
    });
  };

/** Represents a user as Graph's resource, reduced to what the caller may read. */
function representFor({ directory }: Services, request: Request, user: User): Record<string, unknown> {
  const revocation = directory.state.revocations[user.id];
  const represented = representUser(user, revocation?.signInSessionsValidFromDateTime ?? null);
  return readableProfile(callerOf(request), user) === 'full' ? represented : reduceToBasic(represented);
}

function checkMayReadPhoto(request: Request, user: User): void {
  const caller = callerOf(request);
  if (caller.objectId === user.id) readableProfile(caller, user);
  else checkPermission(caller, readPhotos);
}

function findUser(directory: Directory, idOrUserPrincipalName: string): User {
  const name = idOrUserPrincipalName.toLowerCase();
  const user = directory.users.find(
    ({ id, userPrincipalName }) => id === name || userPrincipalName.toLowerCase() === name,
  );
  if (!user) throw notFound(idOrUserPrincipalName);
  return user;
}
