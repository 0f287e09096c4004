import { type AccessToken, type AccessTokenGuard, accessTokenOf, challengeFor } from '@obo/access-token';
import { jsonBody, parseBody, parseParameter, route } from '@obo/service-defaults/server';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import { mostPeople, personSchema, type ReadPeople } from '../graph/people.ts';
import {
  type DownstreamClient,
  idempotencyKeySchema,
  leaveRequestIdSchema,
  newDecisionSchema,
  teamLeaveRequestPageSchema,
  teamLeaveRequestSchema,
} from '../leave/leave.ts';

/** One page of the requests that wait for the user, with the requesters' names and photos. */
export const teamSchema = teamLeaveRequestPageSchema.extend({
  requests: z.array(teamLeaveRequestSchema.extend({ requester: personSchema })),
});

/** The request that the user decided. */
export const decidedLeaveRequestSchema = teamLeaveRequestSchema.omit({ requester: true });

export const pagePositionSchema = z
  .string('Send the next of the page before.')
  .max(100, 'Send the next of the page before, unchanged.');

/**
 * Reads one page of the requests that wait for the user.
 *
 * @param after The `next` of the page before.
 */
export async function readTeam(
  downstream: DownstreamClient,
  readPeople: ReadPeople,
  token: AccessToken,
  after?: string,
): Promise<z.output<typeof teamSchema>> {
  const { requests, next } = await downstream.listTeamRequests(token, mostPeople, after);
  const requesters = requests.map(({ requester }) => requester.objectId);
  const personOf = await readPeople(token, requesters);
  return {
    requests: requests.map((request) => ({ ...request, requester: personOf(request.requester.objectId) })),
    next,
  };
}

/** Creates the routes with which users decide on the leave requests that wait for them. */
export function createTeamRoutes(
  guard: AccessTokenGuard,
  downstream: DownstreamClient,
  readPeople: ReadPeople,
  calendar: Calendar,
): Router {
  const router = Router();
  const authenticate = guard.requireScope('access_as_user');

  route(router, '/api/team/leave-requests', {
    get: [
      authenticate,
      async (request, response) => {
        const after = parseParameter(request.query.after, pagePositionSchema.optional());
        response.json(await readTeam(downstream, readPeople, accessTokenOf(response), after));
      },
    ],
  });

  const decide =
    (decision: 'approval' | 'rejection'): RequestHandler =>
    async (request, response) => {
      const id = parseParameter(request.params.id, leaveRequestIdSchema);
      const idempotencyKey = parseParameter(request.get('Idempotency-Key'), idempotencyKeySchema);
      const { note } = parseBody(request, newDecisionSchema);
      const token = accessTokenOf(response);
      try {
        const decided = await calendar.follow(token.claims.tid, id, () =>
          downstream.decideLeave(token, id, decision, note ?? null, idempotencyKey),
        );
        response.json(decidedLeaveRequestSchema.parse(decided));
      } catch (error) {
        throw challengeFor(token, error);
      }
    };
  route(router, '/api/team/leave-requests/:id/approval', {
    post: [authenticate, jsonBody, decide('approval')],
  });
  route(router, '/api/team/leave-requests/:id/rejection', {
    post: [authenticate, jsonBody, decide('rejection')],
  });

  return router;
}
