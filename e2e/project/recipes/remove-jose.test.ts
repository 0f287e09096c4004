import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-jose.md', {
  mentions: 'verify-?with-?jose|or jose|with jose|=jose|both (libraries|validators)|replace-passport',
  // jose fetches the keys.
  except: ['apps/access-token/README.md', 'docs/decisions/003-keys-fetched-by-jose.md'],
  projects: ['.'],
  tests: [
    'apps/access-token/test/catalogue.test.ts',
    'apps/access-token/test/guard.test.ts',
    'apps/middle-tier-api/test/configuration.test.ts',
    'e2e/http/exchange.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
  ],
});
