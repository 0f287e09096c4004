import { expect, test } from 'vitest';
import { leaveRequestSchema } from '../../../apps/cli/src/leave/leave.ts';
import { problemSchema } from '../../../apps/cli/src/middle-tier/problem.ts';
import { overviewSchema } from '../../../apps/cli/src/overview/overview.ts';
import { decidedLeaveRequestSchema, teamSchema } from '../../../apps/cli/src/team/team.ts';
import { mismatchesOf } from './compare-schemas.ts';
import { contractOf, documented, middleTierApi } from './documents.ts';

test.each([
  ['LeaveRequest', leaveRequestSchema],
  ['Team', teamSchema],
  ['DecidedLeaveRequest', decidedLeaveRequestSchema],
  ['Overview', overviewSchema],
  ['Problem', problemSchema],
])('the command line reads the %s that the middle tier sends', (name, schema) => {
  expect(mismatchesOf(documented(middleTierApi, name), contractOf(schema))).toEqual([]);
});
