import { type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { Problem, problems } from '@obo/service-defaults/problems';
import { jsonBody, parseBody, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import type { GraphClient } from '../graph/profile.ts';
import { type DownstreamClient, newLeaveRequestSchema } from './leave.ts';

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
        const idempotencyKey = guid(
          request.get('idempotency-key'),
          'The Idempotency-Key header must be a UUID.',
        );
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
        const id = guid(request.params.id, 'The ID of a leave request must be a UUID.');
        await downstream.cancelLeave(accessTokenOf(response), id);
        response.status(204).end();
      },
    ],
  });

  return router;
}

function guid(value: unknown, detail: string): string {
  const result = z.guid().safeParse(value);
  if (!result.success) throw new Problem(problems.invalid_parameter, { detail });
  return result.data.toLowerCase();
}
