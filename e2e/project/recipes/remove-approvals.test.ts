import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-approvals.md', {
  first: 'docs/how-to/remove-the-calendar.md',
  mentions:
    'Leave\\.Approve|team/leave|src/team|src/approvals|approver_|approver:|STEP_UP_|stepUpContext|step_up_unsupported|decide_leave|leave_(already_decided|canceled)|032-deciding|explanation/step-up|requireAuthenticationContext|authentication_context_|11-29-decisions',
  except: ['docs/pictures'],
  projects: ['.', 'apps/spa', 'e2e'],
  tests: [
    'apps/downstream-api/test/leave/leave.test.ts',
    'apps/downstream-api/test/openapi.test.ts',
    'e2e/http/contracts/contracts.test.ts',
    'e2e/http/cli/commands.test.ts',
    'e2e/http/mcp/mcp.test.ts',
    'e2e/http/overview.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/portal/register-in-the-portal.test.ts',
    'infra/app-registration/test/command/run.test.ts',
    'infra/doctor/test/drifts.test.ts',
  ],
});
