import { type Authority, claimsChallengeProblems } from '@obo/access-token';
import { databaseProblems } from '@obo/service-defaults/problems';
import { createOpenapi } from '@obo/service-defaults/server';
import { approvalProblems } from './approvals/approval-repository.ts';
import {
  limitSchema,
  newDecisionSchema,
  pagePositionSchema,
  teamLeaveRequestPageSchema,
  teamLeaveRequestSchema,
} from './approvals/approval-schemas.ts';
import { leaveProblems } from './leave/leave-rules.ts';
import {
  idempotencyKeySchema,
  leaveBalanceSchema,
  leaveRequestIdSchema,
  leaveRequestListSchema,
  leaveRequestSchema,
  newLeaveRequestSchema,
  yearSchema,
} from './leave/leave-schemas.ts';

const mayRead = ['Leave.Read', 'Leave.ReadWrite'];
const mayWrite = ['Leave.ReadWrite'];
const { database_unavailable } = databaseProblems;
const { leave_already_started, leave_request_not_found, ...rejections } = leaveProblems;

const decision = {
  scopes: ['Leave.Approve'],
  parameters: { path: { id: leaveRequestIdSchema }, header: { 'Idempotency-Key': idempotencyKeySchema } },
  body: 'NewDecision',
  success: { status: 200, description: 'The decided request', body: 'TeamLeaveRequest' },
  problems: [
    leave_request_not_found,
    ...Object.values(approvalProblems),
    leaveProblems.idempotency_key_reused,
    database_unavailable,
  ],
} as const;

/** Describes the API in OpenAPI 3.1. */
export const describeApi = (authority: Authority) =>
  createOpenapi({
    title: 'Downstream API',
    description: 'Stores leave. The access token says whose leave a request is about.',
    openIdConnectUrl: `${authority.url}/v2.0/.well-known/openid-configuration`,
    schemas: {
      LeaveBalance: leaveBalanceSchema,
      LeaveRequest: leaveRequestSchema,
      LeaveRequestList: leaveRequestListSchema,
      NewDecision: newDecisionSchema,
      NewLeaveRequest: newLeaveRequestSchema,
      TeamLeaveRequest: teamLeaveRequestSchema,
      TeamLeaveRequestPage: teamLeaveRequestPageSchema,
    },
    paths: {
      '/api/leave-balance': {
        get: {
          operationId: 'readLeaveBalance',
          summary: 'Reads what is left of the entitlement of a year',
          scopes: mayRead,
          parameters: { query: { year: yearSchema.optional() } },
          success: { status: 200, description: 'The balance', body: 'LeaveBalance' },
          problems: [database_unavailable],
        },
      },
      '/api/leave-requests': {
        get: {
          operationId: 'listLeaveRequests',
          summary: 'Lists the leave requests that are not canceled, by first day',
          scopes: mayRead,
          success: { status: 200, description: 'The requests', body: 'LeaveRequestList' },
          problems: [database_unavailable],
        },
        post: {
          operationId: 'requestLeave',
          summary: 'Requests leave',
          scopes: mayWrite,
          parameters: { header: { 'Idempotency-Key': idempotencyKeySchema } },
          body: 'NewLeaveRequest',
          success: {
            status: 201,
            description: 'The request, created now or when it was first sent',
            body: 'LeaveRequest',
          },
          problems: [...Object.values(rejections), database_unavailable],
        },
      },
      '/api/leave-requests/{id}': {
        delete: {
          operationId: 'cancelLeaveRequest',
          summary: 'Cancels leave that has not started; again has no effect',
          scopes: mayWrite,
          parameters: { path: { id: leaveRequestIdSchema } },
          success: { status: 204, description: 'It is canceled' },
          problems: [leave_already_started, leave_request_not_found, database_unavailable],
        },
      },
      '/api/team/leave-requests': {
        get: {
          operationId: 'listTeamLeaveRequests',
          summary: 'Lists the leave requests that wait for the user as their approver, by first day',
          scopes: ['Leave.Approve'],
          parameters: { query: { limit: limitSchema.optional(), after: pagePositionSchema.optional() } },
          success: { status: 200, description: 'One page of the requests', body: 'TeamLeaveRequestPage' },
          problems: [database_unavailable],
        },
      },
      '/api/team/leave-requests/{id}/approval': {
        post: {
          ...decision,
          problems: [...decision.problems, ...Object.values(claimsChallengeProblems)],
          operationId: 'approveLeave',
          summary: 'Approves a leave request, once',
        },
      },
      '/api/team/leave-requests/{id}/rejection': {
        post: { ...decision, operationId: 'rejectLeave', summary: 'Rejects a leave request, once' },
      },
    },
  });
