import type { AccessTokenGuard } from '@obo/access-token';
import { jsonBody, parseBody, parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { todayAt, yearOf } from './calendar.ts';
import type { LeaveRepository } from './leave-repository.ts';
import { userOf } from './leave-rows.ts';
import {
  idempotencyKeySchema,
  leaveRequestIdSchema,
  newLeaveRequestSchema,
  yearSchema,
} from './leave-schemas.ts';

/**
 * Creates the routes for the leave of the user whose token is sent. A token that may write may read as well.
 *
 * @param now The clock.
 */
export function createLeaveRoutes(guard: AccessTokenGuard, leave: LeaveRepository, now: () => Date): Router {
  const router = Router();
  const mayRead = guard.requireScope('Leave.Read', 'Leave.ReadWrite');
  const mayWrite = guard.requireScope('Leave.ReadWrite');

  route(router, '/api/leave-balance', {
    get: [
      mayRead,
      async (request, response) => {
        const year = parseParameter(request.query.year, yearSchema.optional());
        response.json(await leave.readBalance(userOf(response), year ?? yearOf(todayAt(now()))));
      },
    ],
  });

  route(router, '/api/leave-requests', {
    get: [
      mayRead,
      async (_request, response) => {
        response.json({ requests: await leave.listRequests(userOf(response)) });
      },
    ],
    post: [
      mayWrite,
      jsonBody,
      async (request, response) => {
        const idempotencyKey = parseParameter(request.get('Idempotency-Key'), idempotencyKeySchema);
        const body = parseBody(request, newLeaveRequestSchema);
        response.status(201).json(await leave.requestLeave(userOf(response), idempotencyKey, body));
      },
    ],
  });

  route(router, '/api/leave-requests/:id', {
    delete: [
      mayWrite,
      async (request, response) => {
        await leave.cancelRequest(userOf(response), parseParameter(request.params.id, leaveRequestIdSchema));
        response.status(204).end();
      },
    ],
  });

  return router;
}
