import { cloudPage } from './cloud-page.ts';
import { portalPage } from './portal-page.ts';

/** What is written into pages of the documentation, by the page's path in the repository. */
export const pages = {
  'docs/how-to/register-in-the-portal.md': portalPage,
  'docs/how-to/use-another-cloud.md': cloudPage,
} as const;
