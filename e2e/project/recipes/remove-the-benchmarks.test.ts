import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-the-benchmarks.md', {
  mentions:
    'benchmark|pnpm@12 (bench|run mutants|run pictures)|stryker|performance\\.md|mutation.scores|e2e/project/[bdmpr][eiou]|spa-size',
  except: ['e2e/project/pages'],
  projects: ['.', 'e2e'],
  tests: ['e2e/project/pages/pages.test.ts', 'e2e/project/structure.test.ts'],
});
