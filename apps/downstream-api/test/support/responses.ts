import { expect } from 'vitest';
import { teamLeaveRequestPageSchema, teamLeaveRequestSchema } from '../../src/approvals/approval-schemas.ts';
import {
  leaveBalanceSchema,
  leaveRequestListSchema,
  leaveRequestSchema,
} from '../../src/leave/leave-schemas.ts';
import type { Caller } from './api.ts';

/** Expects a leave request to be created, in exactly the shape the API describes. */
export async function expectCreated(response: Response) {
  expect(response.status).toBe(201);
  return leaveRequestSchema.strict().parse(await response.json());
}

/** Expects a problem (RFC 9457) with a status and a code. */
export async function expectProblem(response: Response, status: number, code: string) {
  const body: unknown = await response.json();
  expect(body).toMatchObject({ status, code, type: expect.stringContaining(code) });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(body).toMatchObject({ correlationId: response.headers.get('x-correlation-id') });
  return body;
}

export async function balanceOf(caller: Caller, query = '') {
  const response = await caller.get(`/api/leave-balance${query}`);
  expect(response.status).toBe(200);
  return leaveBalanceSchema.strict().parse(await response.json());
}

export async function requestsOf(caller: Caller) {
  const response = await caller.get('/api/leave-requests');
  expect(response.status).toBe(200);
  return leaveRequestListSchema.strict().parse(await response.json()).requests;
}

/** Reads a page of the requests that wait for the caller. */
export async function waitingFor(caller: Caller, query = '') {
  const response = await caller.get(`/api/team/leave-requests${query}`);
  expect(response.status).toBe(200);
  return teamLeaveRequestPageSchema.strict().parse(await response.json());
}

/** Expects a decision to be accepted. */
export async function expectDecided(response: Response) {
  expect(response.status).toBe(200);
  return teamLeaveRequestSchema.strict().parse(await response.json());
}
