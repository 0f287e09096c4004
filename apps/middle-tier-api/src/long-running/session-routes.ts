import { type AccessToken, type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import { parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import type { SessionRepository } from './session-repository.ts';
import { sessionIdSchema } from './session-schemas.ts';

export const sessionProblems = defineProblems({
  long_running_session_not_found: [404, 'Session not found'],
});

/**
 * Creates the routes with which users see and end what runs for them while they are away.
 *
 * @param begin Begins the user's session again, with the caller's token.
 */
export function createSessionRoutes(
  guard: AccessTokenGuard,
  sessions: SessionRepository,
  begin: (token: AccessToken) => Promise<void>,
): Router {
  const router = Router();
  const authenticate = guard.requireScope('access_as_user');
  const userOf = ({ claims: { tid, oid } }: AccessToken) => ({ tenantId: tid, objectId: oid });
  const notFound = () => new Problem(sessionProblems.long_running_session_not_found);

  route(router, '/api/long-running-sessions', {
    get: [
      authenticate,
      async (_request, response) => {
        response.json({ sessions: await sessions.list(userOf(accessTokenOf(response))) });
      },
    ],
  });

  route(router, '/api/long-running-sessions/:id', {
    delete: [
      authenticate,
      async (request, response) => {
        const id = parseParameter(request.params.id, sessionIdSchema);
        if (!(await sessions.remove(userOf(accessTokenOf(response)), id))) throw notFound();
        response.status(204).end();
      },
    ],
  });

  route(router, '/api/long-running-sessions/:id/renewal', {
    post: [
      authenticate,
      async (request, response) => {
        const id = parseParameter(request.params.id, sessionIdSchema);
        const token = accessTokenOf(response);
        const find = async () => (await sessions.list(userOf(token))).find((session) => session.id === id);
        if (!(await find())) throw notFound();
        await begin(token);
        const renewed = await find();
        if (!renewed) throw notFound();
        response.json(renewed);
      },
    ],
  });

  return router;
}
