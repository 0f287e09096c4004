import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-other-clouds.md', {
  mentions: 'use-another-cloud|use-external-id|--cloud|CloudName|cloudPage',
  projects: ['.', 'e2e'],
  tests: [
    'infra/app-registration/test/command/arguments.test.ts',
    'infra/app-registration/test/command/find-tenant.test.ts',
    'infra/app-registration/test/main.test.ts',
    'infra/app-registration/test/readme.test.ts',
    'infra/doctor/test/commands.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/recipes/apply.test.ts',
  ],
});
