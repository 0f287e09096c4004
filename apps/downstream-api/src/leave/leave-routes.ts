import { type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { Problem, problems } from '@obo/service-defaults/problems';
import { jsonBody, parseBody, route } from '@obo/service-defaults/server';
import { type Response, Router } from 'express';
import { z } from 'zod';
import { todayAt, yearOf } from './calendar-date.ts';
import type { LeaveRepository } from './leave-repository.ts';
import type { Person } from './leave-rows.ts';
import { newLeaveRequestSchema } from './leave-schemas.ts';

const yearSchema = z
  .string()
  .regex(/^\d{4}$/)
  .transform(Number)
  .optional();

/** The leave of the person whose token it is. A token that may write may read as well. */
export function createLeaveRoutes(guard: AccessTokenGuard, leave: LeaveRepository, now: () => Date): Router {
  const router = Router();
  const mayRead = guard.requireScope('Leave.Read', 'Leave.ReadWrite');
  const mayWrite = guard.requireScope('Leave.ReadWrite');

  route(router, '/api/leave-balance', {
    get: [
      mayRead,
      async (request, response) => {
        const year = parseParameter(request.query.year, yearSchema, 'The year has four digits.');
        response.json(await leave.readBalance(personOf(response), year ?? yearOf(todayAt(now()))));
      },
    ],
  });

  route(router, '/api/leave-requests', {
    get: [
      mayRead,
      async (_request, response) => {
        response.json({ requests: await leave.listRequests(personOf(response)) });
      },
    ],
    post: [
      mayWrite,
      jsonBody,
      async (request, response) => {
        const key = parseParameter(
          request.get('Idempotency-Key'),
          z.guid(),
          'Send a UUID in the Idempotency-Key header: a new one for each request for leave, the same one to repeat it.',
        );
        const wanted = parseBody(request, newLeaveRequestSchema);
        response.status(201).json(await leave.requestLeave(personOf(response), key, wanted));
      },
    ],
  });

  route(router, '/api/leave-requests/:id', {
    delete: [
      mayWrite,
      async (request, response) => {
        const id = parseParameter(request.params.id, z.guid(), 'The id of a leave request is a UUID.');
        await leave.cancelRequest(personOf(response), id);
        response.status(204).end();
      },
    ],
  });

  return router;
}

function personOf(response: Response): Person {
  const { tid, oid } = accessTokenOf(response).claims;
  return { tenantId: tid, objectId: oid };
}

function parseParameter<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  detail: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Problem(problems.invalid_parameter, { detail });
  return result.data;
}
