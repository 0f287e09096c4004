import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as downstream from '../../../apps/downstream-api/src/leave/calendar.ts';
import * as middleTier from '../../../apps/middle-tier-api/src/leave/leave.ts';
import { sessionSchema, sessionsSchema } from '../../../apps/spa/src/calendar/long-running-sessions.ts';
import { fieldErrorsOf } from '../../../apps/spa/src/leave/field-errors.ts';
import { leaveRequestSchema } from '../../../apps/spa/src/leave/leave.ts';
import { countWorkingDays } from '../../../apps/spa/src/leave/plain-date.ts';
import { ApiProblem, problemSchema } from '../../../apps/spa/src/middle-tier/problem.ts';
import { overviewSchema } from '../../../apps/spa/src/overview/overview.ts';
import { decidedLeaveRequestSchema, teamSchema } from '../../../apps/spa/src/team/team.ts';
import { mismatchesOf } from './compare-schemas.ts';
import { contractOf, documented, downstreamApi, middleTierApi, type OpenapiDocument } from './documents.ts';

// Each side of the wire has its own copy of the contract, so that the apps meet over HTTP only. The copies must agree.

/** What the middle tier sends: the part that the user decides, and the approver. */
const requestToDownstream = middleTier.newLeaveRequestSchema.extend({
  approver: middleTier.approverSchema.nullable(),
});

test.each([
  [
    'a balance from the downstream API',
    documented(downstreamApi, 'LeaveBalance'),
    contractOf(middleTier.leaveBalanceSchema),
  ],
  [
    'a list of requests from the downstream API',
    documented(downstreamApi, 'LeaveRequestList'),
    contractOf(middleTier.leaveSchema.pick({ requests: true })),
  ],
  [
    'a request from the downstream API',
    documented(downstreamApi, 'LeaveRequest'),
    contractOf(middleTier.leaveRequestSchema),
  ],
  [
    'a new request from the middle tier',
    contractOf(requestToDownstream),
    documented(downstreamApi, 'NewLeaveRequest'),
  ],
  [
    'a page of the requests of a team from the downstream API',
    documented(downstreamApi, 'TeamLeaveRequestPage'),
    contractOf(middleTier.teamLeaveRequestPageSchema),
  ],
  [
    'a decided request from the downstream API',
    documented(downstreamApi, 'TeamLeaveRequest'),
    contractOf(middleTier.teamLeaveRequestSchema),
  ],
  [
    'a decision from the middle tier',
    contractOf(middleTier.newDecisionSchema),
    documented(downstreamApi, 'NewDecision'),
  ],
  [
    'a request from the middle tier',
    documented(middleTierApi, 'LeaveRequest'),
    contractOf(leaveRequestSchema),
  ],
  ['a team from the middle tier', documented(middleTierApi, 'Team'), contractOf(teamSchema)],
  [
    'a decided request from the middle tier',
    documented(middleTierApi, 'DecidedLeaveRequest'),
    contractOf(decidedLeaveRequestSchema),
  ],
  [
    'the long-running sessions from the middle tier',
    documented(middleTierApi, 'LongRunningSessionList'),
    contractOf(sessionsSchema),
  ],
  [
    'a long-running session from the middle tier',
    documented(middleTierApi, 'LongRunningSession'),
    contractOf(sessionSchema),
  ],
  ['an overview from the middle tier', documented(middleTierApi, 'Overview'), contractOf(overviewSchema)],
  ['a problem from the middle tier', documented(middleTierApi, 'Problem'), contractOf(problemSchema)],
])('the receiver of %s reads what is sent', (_what, writer, reader) => {
  expect(mismatchesOf(writer, reader)).toEqual([]);
});

test('both APIs accept notes of the same length', () => {
  const noteOf = (document: OpenapiDocument) =>
    z
      .looseObject({ properties: z.looseObject({ note: z.unknown() }) })
      .parse(document.components.schemas.NewLeaveRequest).properties.note;
  expect(JSON.stringify(noteOf(downstreamApi))).toContain('"maxLength":500');
  expect(JSON.stringify(noteOf(middleTierApi))).toContain('"maxLength":500');
});

const pathsSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      responses: z.record(
        z.string(),
        z.object({ description: z.string(), content: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  ),
);

/** Returns the problems of leave that an operation can answer with, as lines with status, code and title. */
function leaveProblemsOf(document: OpenapiDocument, path: string, method: string): string[] {
  const { responses = {} } = pathsSchema.parse(document.paths)[path]?.[method] ?? {};
  return Object.entries(responses)
    .filter(([, { content = {} }]) => 'application/problem+json' in content)
    .flatMap(([status, { description }]) => description.split('\n\n').map((line) => `${status} ${line}`))
    .filter((line) => /^4\d\d (leave|idempotency)_/.test(line))
    .sort();
}

describe('the problems of leave', () => {
  test.each([
    ['/api/leave-requests', 'post', 6],
    ['/api/leave-requests/{id}', 'delete', 2],
    ['/api/team/leave-requests/{id}/approval', 'post', 4],
    ['/api/team/leave-requests/{id}/rejection', 'post', 4],
  ])('at %s are the same in both APIs (%s)', (path, method, count) => {
    const sent = leaveProblemsOf(downstreamApi, path, method);
    expect(sent).toHaveLength(count);
    expect(leaveProblemsOf(middleTierApi, path, method)).toEqual(sent);
  });

  test('have a message at a field of the form in the SPA', () => {
    const ofRequests = leaveProblemsOf(middleTierApi, '/api/leave-requests', 'post');
    const codes = ofRequests.map((line) => line.split(/[ :]/)[1] ?? '');
    const withoutField = codes.filter((code) => {
      const problem = new ApiProblem({ code, status: 422, title: 'Title' });
      return Object.keys(fieldErrorsOf(problem)).length === 0;
    });
    expect(withoutField).toEqual(['idempotency_key_reused']);
  });
});

test('the SPA and the downstream API count the same working days', () => {
  const date = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2110-12-31'), noInvalidDate: true })
    .map((instant) => instant.toISOString().slice(0, 10));
  fc.assert(
    fc.property(date, date, (one, other) => {
      const [startDate = '', endDate = ''] = [one, other].sort();
      expect(countWorkingDays(startDate, endDate)).toBe(downstream.countWorkingDays(startDate, endDate));
    }),
    { numRuns: 1_000 },
  );
});
