import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-the-command-line.md', {
  mentions: "apps/cli|@obo/cli|obo-cli|\\bcli\\.env|run cli|\\(command line\\)|'cli'|use-the-command-line",
  projects: ['.', 'e2e'],
  tests: [
    'infra/app-registration/test/admin-consent.test.ts',
    'infra/app-registration/test/register.test.ts',
    'infra/app-registration/test/environment-files.test.ts',
    'infra/doctor/test/drifts.test.ts',
    'infra/doctor/test/files.test.ts',
    'e2e/http/contracts/contracts.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/portal/register-in-the-portal.test.ts',
    'e2e/project/structure.test.ts',
  ],
});
