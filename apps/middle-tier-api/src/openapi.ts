import { type Authority, claimsChallengeProblems } from '@obo/access-token';
import { onBehalfOfProblems } from '@obo/on-behalf-of';
import { createOpenapi } from '@obo/service-defaults/server';
import { addProblems, calendarPaths, calendarSchemas, followProblems } from './calendar/calendar-openapi.ts';
import {
  idempotencyKeySchema,
  leaveProblems,
  leaveRequestIdSchema,
  leaveRequestSchema,
  newDecisionSchema,
} from './leave/leave.ts';
import { leaveBodySchema } from './leave/leave-routes.ts';
import { overviewProblems, overviewSchema } from './overview/overview-routes.ts';
import { decidedLeaveRequestSchema, pagePositionSchema, teamSchema } from './team/team-routes.ts';

const scopes = ['access_as_user'];
const ofResources = Object.values(onBehalfOfProblems);
const {
  leave_already_started,
  leave_request_not_found,
  leave_already_decided,
  leave_canceled,
  invalid_body,
  invalid_parameter,
  ...rejections
} = leaveProblems;

const decision = {
  scopes,
  parameters: { path: { id: leaveRequestIdSchema }, header: { 'Idempotency-Key': idempotencyKeySchema } },
  body: 'NewDecision',
  success: { status: 200, description: 'The decided request', body: 'DecidedLeaveRequest' },
  problems: [
    leave_request_not_found,
    leave_already_decided,
    leave_canceled,
    rejections.idempotency_key_reused,
    claimsChallengeProblems.step_up_unsupported,
    ...followProblems,
    ...ofResources,
  ],
} as const;

/** Describes the API in OpenAPI 3.1. */
export const describeApi = (authority: Authority) =>
  createOpenapi({
    title: 'Middle-tier API',
    description: 'Calls Microsoft Graph and the downstream API on behalf of the signed-in user.',
    openIdConnectUrl: `${authority.url}/v2.0/.well-known/openid-configuration`,
    schemas: {
      DecidedLeaveRequest: decidedLeaveRequestSchema,
      LeaveRequest: leaveRequestSchema,
      NewDecision: newDecisionSchema,
      NewLeaveRequest: leaveBodySchema,
      Overview: overviewSchema,
      Team: teamSchema,
      ...calendarSchemas,
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
          problems: [...Object.values(rejections), ...addProblems, ...ofResources],
        },
      },
      '/api/leave-requests/{id}': {
        delete: {
          operationId: 'cancelLeaveRequest',
          summary: 'Cancels leave that has not started; again has no effect',
          scopes,
          parameters: { path: { id: leaveRequestIdSchema } },
          success: { status: 204, description: 'It is canceled' },
          problems: [leave_already_started, leave_request_not_found, ...followProblems, ...ofResources],
        },
      },
      ...calendarPaths,
      '/api/team/leave-requests': {
        get: {
          operationId: 'listTeamLeaveRequests',
          summary: 'Lists the leave requests that wait for the user, by first day, with who requests leave',
          scopes,
          parameters: { query: { after: pagePositionSchema.optional() } },
          success: { status: 200, description: 'One page of the requests', body: 'Team' },
          problems: ofResources,
        },
      },
      '/api/team/leave-requests/{id}/approval': {
        post: { ...decision, operationId: 'approveLeave', summary: 'Approves a leave request, once' },
      },
      '/api/team/leave-requests/{id}/rejection': {
        post: { ...decision, operationId: 'rejectLeave', summary: 'Rejects a leave request, once' },
      },
    },
  });
