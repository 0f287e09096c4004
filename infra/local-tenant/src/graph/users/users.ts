import { type Request, type Response, Router } from 'express';
import type { Directory } from '../../directory/directory.ts';
import { globalAdministratorRole, type Person } from '../../directory/people.ts';
import { callerOf } from '../authentication.ts';
import { insufficientPrivileges, notFound } from '../graph-error.ts';
import { answerJson, contextOf } from '../odata-answer.ts';
import { applyFilter, applySelect, pageOf, readQuery } from '../odata-query.ts';
import { demand } from '../permissions.ts';
import { answerPhoto, answerPhotoMetadata } from './photos.ts';
import { defaultProperties, notKept, reduceToBasic, representUser } from './user.ts';
import {
  demandListing,
  demandReadingOthers,
  readingOf,
  readPhotos,
  revokeSessions,
  signedInPerson,
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
  const me = (request: Request) => signedInPerson(callerOf(request));
  const named = (request: Request<{ id: string }>) => find(directory, request.params.id);

  const represent = (request: Request, person: Person) => {
    const user = representUser(
      person,
      directory.state.revocations[person.id]?.signInSessionsValidFromDateTime ?? null,
    );
    return readingOf(callerOf(request), person) === 'full' ? user : reduceToBasic(user);
  };

  const answerUser = (request: Request, response: Response, person: Person) => {
    const { select } = readQuery(request);
    answerJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'users', select),
      ...applySelect(represent(request, person), select, shape),
    });
  };

  const answerManager = (request: Request, response: Response, person: Person) => {
    const { select } = readQuery(request);
    demandReadingOthers(callerOf(request));
    const manager = directory.people.find(({ id }) => id === person.managerId);
    if (!manager) throw notFound('manager');
    answerJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'directoryObjects', select),
      '@odata.type': '#microsoft.graph.user',
      ...applySelect(represent(request, manager), select, shape),
    });
  };

  const answerPhotoOf = (request: Request, response: Response, person: Person, size?: string) => {
    demandPhoto(request, person);
    answerPhoto(response, person, size);
  };

  const revoke = (request: Request, response: Response, person: Person) => {
    const caller = callerOf(request);
    const others = caller.kind === 'user' && caller.objectId !== person.id;
    demand(caller, revokeSessions);
    if (others && !caller.directoryRoles.has(globalAdministratorRole)) throw insufficientPrivileges();
    directory.state.revocations[person.id] = { signInSessionsValidFromDateTime: now().toISOString() };
    directory.save();
    answerJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'Edm.Boolean', null, false),
      value: true,
    });
  };

  router.get('/me', (request, response) => answerUser(request, response, me(request)));
  router.get('/me/manager', (request, response) => answerManager(request, response, me(request)));
  router.get('/me/photo', (request, response) => {
    demandPhoto(request, me(request));
    answerPhotoMetadata(response, me(request), graphBaseUrl);
  });
  router.get('/me/photo/$value', (request, response) => answerPhotoOf(request, response, me(request)));
  router.get('/me/photos/:size/$value', (request, response) =>
    answerPhotoOf(request, response, me(request), request.params.size),
  );
  router.post('/me/revokeSignInSessions', (request, response) => revoke(request, response, me(request)));

  router.get('/users', (request, response) => {
    demandListing(callerOf(request));
    const query = readQuery(request);
    const people = applyFilter(directory.people, query.filter, [
      'id',
      'userPrincipalName',
      'mail',
      'displayName',
    ]);
    const users = people.map((person) => applySelect(represent(request, person), query.select, shape));
    answerJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'users', query.select, false),
      ...pageOf(users, query, new URL(`${graphBaseUrl}${request.url}`)),
    });
  });
  router.get('/users/:id', (request, response) => answerUser(request, response, named(request)));
  router.get('/users/:id/manager', (request, response) => answerManager(request, response, named(request)));
  router.get('/users/:id/photo', (request, response) => {
    demandPhoto(request, named(request));
    answerPhotoMetadata(response, named(request), graphBaseUrl);
  });
  router.get('/users/:id/photo/$value', (request, response) =>
    answerPhotoOf(request, response, named(request)),
  );
  router.get('/users/:id/photos/:size/$value', (request, response) =>
    answerPhotoOf(request, response, named(request), request.params.size),
  );
  router.post('/users/:id/revokeSignInSessions', (request, response) =>
    revoke(request, response, named(request)),
  );
  return router;
}

function demandPhoto(request: Request, person: Person): void {
  const caller = callerOf(request);
  if (caller.objectId === person.id) readingOf(caller, person);
  else demand(caller, readPhotos);
}

function find(directory: Directory, idOrUserPrincipalName: string): Person {
  const name = idOrUserPrincipalName.toLowerCase();
  const person = directory.people.find(
    ({ id, userPrincipalName }) => id === name || userPrincipalName.toLowerCase() === name,
  );
  if (!person) throw notFound(idOrUserPrincipalName);
  return person;
}
