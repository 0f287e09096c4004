import { type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { jsonBody, parseBody, parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import type { GraphClient } from '../graph/profile.ts';
import {
  type DownstreamClient,
  idempotencyKeySchema,
  leaveRequestIdSchema,
  newLeaveRequestSchema,
} from './leave.ts';

/** Creates the routes that request and cancel leave. The approver of a request is the manager in Microsoft Graph. */
export function createLeaveRoutes(
  guard: AccessTokenGuard,
  graph: GraphClient,
  downstream: DownstreamClient,
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
        const { startDate, endDate, note } = parseBody(request, newLeaveRequestSchema);
        const manager = await graph.readManager(token);
        const approver = manager && { name: manager.name, mail: manager.mail };
        const leave = { startDate, endDate, note: note ?? null, approver };
        response.status(201).json(await downstream.requestLeave(token, leave, idempotencyKey));
      },
    ],
  });

  route(router, '/api/leave-requests/:id', {
    delete: [
      authenticate,
      async (request, response) => {
        const id = parseParameter(request.params.id, leaveRequestIdSchema);
        await downstream.cancelLeave(accessTokenOf(response), id);
        response.status(204).end();
      },
    ],
  });

  return router;
}
