import { type AccessToken, type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { jsonBody, parseBody, parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import type { GraphClient } from '../graph/profile.ts';
import {
  type DownstreamClient,
  idempotencyKeySchema,
  leaveRequestIdSchema,
  type NewLeaveRequest,
  newLeaveRequestSchema,
} from './leave.ts';

/** The body of a request for leave. */
export const leaveBodySchema = newLeaveRequestSchema.extend({
  addToCalendar: z
    .boolean()
    .optional()
    .meta({ description: "Adds the leave to the user's calendar when it is approved" }),
});

/** Completes a request for leave: the approver is the user's manager in Microsoft Graph. */
export async function addApprover(
  graph: GraphClient,
  token: AccessToken,
  { startDate, endDate, note }: z.output<typeof newLeaveRequestSchema>,
): Promise<NewLeaveRequest> {
  const manager = await graph.readManager(token);
  const approver = manager && { objectId: manager.objectId, name: manager.name, mail: manager.mail };
  return { startDate, endDate, note: note ?? null, approver };
}

/** Creates the routes that request and cancel leave. */
export function createLeaveRoutes(
  guard: AccessTokenGuard,
  graph: GraphClient,
  downstream: DownstreamClient,
  calendar: Calendar,
): Router {
  const router = Router();
  const authenticate = guard.requireScope('access_as_user');

  route(router, '/api/leave-requests', {
    post: [
      authenticate,
      jsonBody,
      async (request, response) => {
        const token = accessTokenOf(response);
        const idempotencyKey = parseParameter(request.get('Idempotency-Key'), idempotencyKeySchema);
        const { addToCalendar, ...body } = parseBody(request, leaveBodySchema);
        const leave = await addApprover(graph, token, body);
        const requestLeave = () => downstream.requestLeave(token, leave, idempotencyKey);
        response.status(201).json(await (addToCalendar ? calendar.add(token, requestLeave) : requestLeave()));
      },
    ],
  });

  route(router, '/api/leave-requests/:id', {
    delete: [
      authenticate,
      async (request, response) => {
        const id = parseParameter(request.params.id, leaveRequestIdSchema);
        const token = accessTokenOf(response);
        await calendar.follow(token.claims.tid, id, () => downstream.cancelLeave(token, id));
        response.status(204).end();
      },
    ],
  });

  return router;
}
