import {
  type AccessTokenGuard,
  type Authority,
  accessTokenOf,
  requireAuthenticationContext,
} from '@obo/access-token';
import { jsonBody, parseBody, parseParameter, route } from '@obo/service-defaults/server';
import { type RequestHandler, Router } from 'express';
import type { Decision } from '../database/tables.ts';
import { userOf } from '../leave/leave-rows.ts';
import { idempotencyKeySchema, leaveRequestIdSchema } from '../leave/leave-schemas.ts';
import type { ApprovalRepository } from './approval-repository.ts';
import { limitSchema, newDecisionSchema, pagePositionSchema } from './approval-schemas.ts';

/** When approving leave requires an authentication context. */
export interface StepUp {
  /** It is required for more working days than these. */
  aboveDays: number;
  /** Its ID, such as `c1`. */
  context: string;
  authority: Authority;
}

/** Creates the routes for the leave requests of which the user whose token is sent is the approver. */
export function createApprovalRoutes(
  guard: AccessTokenGuard,
  approvals: ApprovalRepository,
  { aboveDays, context, authority }: StepUp,
): Router {
  const router = Router();
  const mayApprove = guard.requireScope('Leave.Approve');

  route(router, '/api/team/leave-requests', {
    get: [
      mayApprove,
      async (request, response) => {
        const limit = parseParameter(request.query.limit, limitSchema.default(25));
        const after = parseParameter(request.query.after, pagePositionSchema.optional());
        response.json(await approvals.listWaiting(userOf(response), limit, after));
      },
    ],
  });

  const decide =
    (decision: Decision): RequestHandler =>
    async (request, response) => {
      const id = parseParameter(request.params.id, leaveRequestIdSchema);
      const idempotencyKey = parseParameter(request.get('Idempotency-Key'), idempotencyKeySchema);
      const { note } = parseBody(request, newDecisionSchema);
      const decided = await approvals.decide(
        userOf(response),
        id,
        { decision, note, idempotencyKey },
        ({ days }) => {
          if (decision === 'approved' && days > aboveDays)
            requireAuthenticationContext(accessTokenOf(response), context, authority);
        },
      );
      response.json(decided);
    };
  route(router, '/api/team/leave-requests/:id/approval', {
    post: [mayApprove, jsonBody, decide('approved')],
  });
  route(router, '/api/team/leave-requests/:id/rejection', {
    post: [mayApprove, jsonBody, decide('rejected')],
  });

  return router;
}
