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
  status: z.enum(['pending', 'approved']),
  approver: z.object({ name: z.string(), mail: z.string().nullable() }).nullable(),
  createdAt: z.iso.datetime(),
});
export type LeaveRequest = z.infer<typeof leaveRequestSchema>;

export const leaveSchema = z.object({ balance: leaveBalanceSchema, requests: z.array(leaveRequestSchema) });
export type Leave = z.infer<typeof leaveSchema>;

const leaveRequestsSchema = leaveSchema.pick({ requests: true });

/** The part of a leave request that the user decides. The user and the approver come from elsewhere. */
export const newLeaveRequestSchema = z.object({
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  note: z.string().max(500).nullish(),
});
export type NewLeaveRequest = z.infer<typeof newLeaveRequestSchema> & {
  approver: { name: string; mail: string | null } | null;
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
}

/** Creates a client for the downstream API. */
export function createDownstreamClient(
  downstream: Resource,
  scopes: { read: readonly string[]; write: readonly string[] },
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
  };
}
