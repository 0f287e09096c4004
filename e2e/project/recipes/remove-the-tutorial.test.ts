import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-the-tutorial.md', {
  mentions: 'docs/tutorial|the tutorial|follow-a-request|Follow a request',
  projects: [],
  tests: ['e2e/project/docs/docs.test.ts'],
});
