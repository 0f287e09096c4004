import type { AccessToken } from '@obo/access-token';
import type { Resource } from '@obo/on-behalf-of';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import type { AxiosResponse } from 'axios';
import { z } from 'zod';

export const leaveBalanceSchema = z.object({
  year: z.int(),
  entitlementDays: z.int(),
  bookedDays: z.int(),
  remainingDays: z.int(),
});

export const leaveRequestSchema = z.object({
  id: z.guid(),
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  days: z.int(),
  note: z.string().nullable(),
  status: z.enum(['pending', 'approved', 'rejected']),
  approver: z.object({ name: z.string(), mail: z.string().nullable() }).nullable(),
  decision: z.object({ decidedAt: z.iso.datetime(), note: z.string().nullable() }).nullable(),
  createdAt: z.iso.datetime(),
});
export type LeaveRequest = z.infer<typeof leaveRequestSchema>;

export const leaveSchema = z.object({ balance: leaveBalanceSchema, requests: z.array(leaveRequestSchema) });
export type Leave = z.infer<typeof leaveSchema>;

export const leaveRequestsSchema = leaveSchema.pick({ requests: true });

/** A leave request that waits for the user, or that the user decided. The requester is named by object ID. */
export const teamLeaveRequestSchema = leaveRequestSchema
  .omit({ approver: true })
  .extend({ requester: z.object({ objectId: z.guid() }) });
export type TeamLeaveRequest = z.infer<typeof teamLeaveRequestSchema>;

export const teamLeaveRequestPageSchema = z.object({
  requests: z.array(teamLeaveRequestSchema),
  next: z.string().nullable(),
});
type TeamLeaveRequestPage = z.infer<typeof teamLeaveRequestPageSchema>;

/** The note of a decision. */
export const newDecisionSchema = z.object({ note: z.string().max(500).nullish() });

/** The part of a leave request that the user decides. The user and the approver come from elsewhere. */
export const newLeaveRequestSchema = z.object({
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  note: z.string().max(500).nullish(),
});
/** The user who decides, in the tenant of the user who requests leave. */
export const approverSchema = z.object({
  objectId: z.guid(),
  name: z.string(),
  mail: z.string().nullable(),
});
export type NewLeaveRequest = z.infer<typeof newLeaveRequestSchema> & {
  approver: z.infer<typeof approverSchema> | null;
};

export const idempotencyKeySchema = z.guid('The Idempotency-Key header must be a UUID.').toLowerCase();
export const leaveRequestIdSchema = z.guid('The ID of a leave request must be a UUID.').toLowerCase();

/** Rejections by the downstream API that concern the user; the middle tier passes them on. */
export const leaveProblems = defineProblems({
  leave_in_past: [422, 'Leave must start today or later'],
  leave_overlaps: [409, 'There is already leave on these days'],
  leave_overdrawn: [422, 'There are not enough days left'],
  leave_spans_years: [422, 'Leave must lie within one calendar year'],
  leave_without_working_days: [422, 'There is no working day in this period'],
  leave_already_started: [409, 'Leave that has started cannot be canceled'],
  leave_already_decided: [409, 'The leave request is already decided'],
  leave_canceled: [409, 'The leave request was canceled'],
  approver_not_allowed: [422, 'Users cannot approve their own leave'],
  leave_request_not_found: [404, 'Leave request not found'],
  idempotency_key_reused: [422, 'The idempotency key was used for another request'],
  invalid_body: [400, 'The body does not match the schema'],
  invalid_parameter: [400, 'A parameter does not match the schema'],
});

const rejectionSchema = z.object({
  code: z.enum(Object.keys(leaveProblems)),
  detail: z.string().max(500),
  /** Which members of the body are invalid, and why. */
  errors: z
    .array(z.object({ member: z.string().max(100), message: z.string().max(300) }))
    .max(20)
    .optional(),
});

/** Calls the downstream API on behalf of the signed-in user. */
export interface DownstreamClient {
  /** @throws {Problem} if the downstream API cannot be read. */
  readLeave(token: AccessToken): Promise<Leave>;
  /**
   * Requests leave.
   *
   * @param idempotencyKey A UUID from the client; the same key never creates a second request.
   * @throws {Problem} see {@link leaveProblems}.
   */
  requestLeave(token: AccessToken, request: NewLeaveRequest, idempotencyKey: string): Promise<LeaveRequest>;
  /**
   * Cancels a leave request.
   *
   * @throws {Problem} see {@link leaveProblems}.
   */
  cancelLeave(token: AccessToken, id: string): Promise<void>;
  /**
   * Lists leave requests that wait for the user as their approver.
   *
   * @param limit The most requests on a page.
   * @param after The `next` of the page before.
   */
  listTeamRequests(token: AccessToken, limit: number, after?: string): Promise<TeamLeaveRequestPage>;
  /**
   * Decides on a leave request, once.
   *
   * @param decision The last part of the path.
   * @param idempotencyKey A UUID from the client; repeating a decision with its key has no effect.
   * @throws {Problem} see {@link leaveProblems}.
   */
  decideLeave(
    token: AccessToken,
    id: string,
    decision: 'approval' | 'rejection',
    note: string | null,
    idempotencyKey: string,
  ): Promise<TeamLeaveRequest>;
}

/** Creates a client for the downstream API. */
export function createDownstreamClient(
  downstream: Resource,
  scopes: { read: readonly string[]; write: readonly string[]; approve: readonly string[] },
): DownstreamClient {
  function parse<Schema extends z.ZodType>(
    response: AxiosResponse<unknown>,
    schema: Schema,
  ): z.output<Schema> {
    if (response.status >= 400) throw rejectionOf(response);
    const result = schema.safeParse(response.data);
    if (!result.success) throw downstream.answerInvalid();
    return result.data;
  }

  function rejectionOf({ status, data }: AxiosResponse<unknown>): Problem {
    const rejection = rejectionSchema.safeParse(data);
    const definition = Object.values(leaveProblems).find(({ code }) => code === rejection.data?.code);
    if (!definition || !rejection.success) return downstream.rejected(status);
    const { detail, errors } = rejection.data;
    return new Problem(definition, { detail, extensions: errors ? { errors } : {} });
  }

  return {
    async readLeave(token) {
      const [balance, requests] = await Promise.all([
        downstream.call(token, scopes.read, { span: 'downstream_balance', url: '/api/leave-balance' }),
        downstream.call(token, scopes.read, { span: 'downstream_requests', url: '/api/leave-requests' }),
      ]);
      return {
        balance: parse(balance, leaveBalanceSchema),
        requests: parse(requests, leaveRequestsSchema).requests,
      };
    },
    async requestLeave(token, request, idempotencyKey) {
      const response = await downstream.call(token, scopes.write, {
        span: 'downstream_request_leave',
        method: 'POST',
        url: '/api/leave-requests',
        headers: { 'Idempotency-Key': idempotencyKey },
        data: request,
      });
      return parse(response, leaveRequestSchema);
    },
    async cancelLeave(token, id) {
      const response = await downstream.call(token, scopes.write, {
        span: 'downstream_cancel_leave',
        method: 'DELETE',
        url: `/api/leave-requests/${encodeURIComponent(id)}`,
      });
      if (response.status >= 400) throw rejectionOf(response);
      if (response.status !== 204) throw downstream.answerInvalid(response.status);
    },
    async listTeamRequests(token, limit, after) {
      const response = await downstream.call(token, scopes.approve, {
        span: 'downstream_team_requests',
        url: '/api/team/leave-requests',
        params: { limit, after },
      });
      return parse(response, teamLeaveRequestPageSchema);
    },
    async decideLeave(token, id, decision, note, idempotencyKey) {
      const response = await downstream.call(token, scopes.approve, {
        span: 'downstream_decide_leave',
        method: 'POST',
        url: `/api/team/leave-requests/${encodeURIComponent(id)}/${decision}`,
        headers: { 'Idempotency-Key': idempotencyKey },
        data: { note },
      });
      return parse(response, teamLeaveRequestSchema);
    },
  };
}
