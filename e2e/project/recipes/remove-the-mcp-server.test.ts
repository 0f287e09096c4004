import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-the-mcp-server.md', {
  mentions: 'src/mcp|connect-an-agent|modelcontextprotocol/(server|client|conformance)|http/mcp',
  projects: ['.', 'e2e'],
  tests: [
    'apps/middle-tier-api/test/configuration.test.ts',
    'e2e/http/overview.test.ts',
    'e2e/http/team.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/structure.test.ts',
  ],
});
