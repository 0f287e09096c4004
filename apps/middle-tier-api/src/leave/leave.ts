import type { AccessToken } from '@obo/access-token';
import type { DownstreamResource } from '@obo/on-behalf-of';
import { answerInvalid, dependencyRefused } from '@obo/on-behalf-of';
import { defineProblems, Problem } from '@obo/service-defaults/problems';
import type { AxiosResponse } from 'axios';
import { z } from 'zod';

export const leaveBalanceSchema = z.object({
  year: z.int(),
  entitlementDays: z.number(),
  bookedDays: z.number(),
  remainingDays: z.number(),
});

export const leaveRequestSchema = z.object({
  id: z.guid(),
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  days: z.number(),
  note: z.string().nullable(),
  status: z.enum(['pending', 'approved']),
  approver: z.object({ name: z.string(), mail: z.string().nullable() }).nullable(),
  createdAt: z.iso.datetime(),
});
export type LeaveRequest = z.infer<typeof leaveRequestSchema>;

export const leaveSchema = z.object({ balance: leaveBalanceSchema, requests: z.array(leaveRequestSchema) });
export type Leave = z.infer<typeof leaveSchema>;

const leaveRequestsSchema = leaveSchema.pick({ requests: true });

/** What a person may say about leave they want. Whose it is and who approves it is never theirs to say. */
export const newLeaveRequestSchema = z.object({
  startDate: z.iso.date(),
  endDate: z.iso.date(),
  note: z.string().max(500).nullish(),
});
export type NewLeaveRequest = z.infer<typeof newLeaveRequestSchema> & {
  approver: { name: string; mail: string | null } | null;
};

/** The leave API's refusals that concern the person; they are passed on as they are. */
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

const refusalSchema = z.object({
  code: z.enum(Object.keys(leaveProblems)),
  detail: z.string().max(500),
  /** What is wrong with which member of the body. */
  errors: z
    .array(z.object({ member: z.string().max(100), message: z.string().max(300) }))
    .max(20)
    .optional(),
});

/** The downstream API, as this API uses it. Each call acts for the person whose token it is given. */
export interface LeaveApi {
  /** @throws {Problem} */
  readLeave(token: AccessToken): Promise<Leave>;
  /**
   * @param idempotencyKey A UUID of the client's; the same one never makes a second request.
   * @throws {Problem} see {@link leaveProblems}.
   */
  requestLeave(token: AccessToken, request: NewLeaveRequest, idempotencyKey: string): Promise<LeaveRequest>;
  /** @throws {Problem} see {@link leaveProblems}. */
  cancelLeave(token: AccessToken, id: string): Promise<void>;
}

export function createLeaveApi(
  resource: DownstreamResource,
  scopes: { read: readonly string[]; write: readonly string[] },
): LeaveApi {
  return {
    async readLeave(token) {
      const [balance, requests] = await Promise.all([
        resource.call(token, scopes.read, { hop: 'downstream_balance', url: '/api/leave-balance' }),
        resource.call(token, scopes.read, { hop: 'downstream_requests', url: '/api/leave-requests' }),
      ]);
      return {
        balance: parse(balance, leaveBalanceSchema),
        requests: parse(requests, leaveRequestsSchema).requests,
      };
    },
    async requestLeave(token, request, idempotencyKey) {
      const response = await resource.call(token, scopes.write, {
        hop: 'downstream_request_leave',
        method: 'POST',
        url: '/api/leave-requests',
        headers: { 'Idempotency-Key': idempotencyKey },
        data: request,
      });
      return parse(response, leaveRequestSchema);
    },
    async cancelLeave(token, id) {
      const response = await resource.call(token, scopes.write, {
        hop: 'downstream_cancel_leave',
        method: 'DELETE',
        url: `/api/leave-requests/${encodeURIComponent(id)}`,
      });
      if (response.status !== 204) throw refusalOf(response);
    },
  };
}

function parse<Schema extends z.ZodType>(response: AxiosResponse<unknown>, schema: Schema): z.output<Schema> {
  if (response.status >= 400) throw refusalOf(response);
  const result = schema.safeParse(response.data);
  if (result.success) return result.data;
  throw answerInvalid('downstream');
}

function refusalOf({ status, data }: AxiosResponse<unknown>): Problem {
  const refusal = refusalSchema.safeParse(data);
  const definition = Object.values(leaveProblems).find(
    ({ code }) => refusal.success && code === refusal.data.code,
  );
  if (definition && refusal.success) {
    const { detail, errors } = refusal.data;
    return new Problem(definition, { detail, extensions: errors ? { errors } : {} });
  }
  return dependencyRefused('downstream', status);
}
