import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-the-control-room.md', {
  first: 'docs/how-to/remove-the-tutorial.md',
  mentions:
    'control.?room|failure.lab|#conversation|recordRequests|local-tenant/(messages|events|recording|errors|traces)|see-what-happens|observed\\.ts',
  projects: ['.', 'apps/spa', 'e2e'],
  tests: [
    'infra/local-tenant/test/entra/sign-in.test.ts',
    'infra/local-tenant/test/graph/users.test.ts',
    'infra/local-tenant/test/switches-access.test.ts',
    'infra/local-tenant/test/switch-table.test.ts',
    'infra/local-tenant/test/tracing.test.ts',
    'e2e/http/leaks.test.ts',
    'e2e/http/overview.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/structure.test.ts',
  ],
});
