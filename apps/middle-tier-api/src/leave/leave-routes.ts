import { type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { Problem, problems } from '@obo/service-defaults/problems';
import { jsonBody, parseBody, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import type { Graph } from '../graph/profile.ts';
import { type LeaveApi, newLeaveRequestSchema } from './leave.ts';

/** Passes requests for leave on to the downstream API, with the manager that Microsoft Graph names as approver. */
export function createLeaveRoutes(guard: AccessTokenGuard, graph: Graph, leaveApi: LeaveApi): Router {
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
        const wanted = { startDate, endDate, note: note ?? null, approver };
        response.status(201).json(await leaveApi.requestLeave(token, wanted, idempotencyKey));
      },
    ],
  });

  route(router, '/api/leave-requests/:id', {
    delete: [
      authenticate,
      async (request, response) => {
        const id = guid(request.params.id, 'The id of a leave request is a UUID.');
        await leaveApi.cancelLeave(accessTokenOf(response), id);
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
