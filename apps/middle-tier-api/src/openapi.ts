import type { Authority } from '@obo/access-token';
import { onBehalfOfProblems } from '@obo/on-behalf-of';
import { createOpenapi } from '@obo/service-defaults/server';
import {
  idempotencyKeySchema,
  leaveProblems,
  leaveRequestIdSchema,
  leaveRequestSchema,
  newLeaveRequestSchema,
} from './leave/leave.ts';
import { overviewProblems, overviewSchema } from './overview/overview-routes.ts';

const scopes = ['access_as_user'];
const ofResources = Object.values(onBehalfOfProblems);
const { leave_already_started, leave_request_not_found, invalid_body, invalid_parameter, ...rejections } =
  leaveProblems;

/** Describes the API in OpenAPI 3.1. */
export const describeApi = (authority: Authority) =>
  createOpenapi({
    title: 'Middle-tier API',
    description: 'Calls Microsoft Graph and the downstream API on behalf of the signed-in user.',
    openIdConnectUrl: `${authority.url}/v2.0/.well-known/openid-configuration`,
    schemas: {
      LeaveRequest: leaveRequestSchema,
      NewLeaveRequest: newLeaveRequestSchema,
      Overview: overviewSchema,
    },
    paths: {
      '/api/overview': {
        get: {
          operationId: 'readOverview',
          summary: "Reads the user's profile and leave",
          scopes,
          success: { status: 200, description: 'At least one section is available', body: 'Overview' },
          problems: [...Object.values(overviewProblems), ...ofResources],
        },
      },
      '/api/leave-requests': {
        post: {
          operationId: 'requestLeave',
          summary: "Requests leave, to be approved by the user's manager",
          scopes,
          parameters: { header: { 'Idempotency-Key': idempotencyKeySchema } },
          body: 'NewLeaveRequest',
          success: {
            status: 201,
            description: 'The request, created now or when it was first sent',
            body: 'LeaveRequest',
          },
          problems: [...Object.values(rejections), ...ofResources],
        },
      },
      '/api/leave-requests/{id}': {
        delete: {
          operationId: 'cancelLeaveRequest',
          summary: 'Cancels leave that has not started; again has no effect',
          scopes,
          parameters: { path: { id: leaveRequestIdSchema } },
          success: { status: 204, description: 'It is canceled' },
          problems: [leave_already_started, leave_request_not_found, ...ofResources],
        },
      },
    },
  });
