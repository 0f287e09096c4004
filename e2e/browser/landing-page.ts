import type { Locator, Page } from '@playwright/test';

/** The heading that a signed-out visitor sees. */
export const landingPage = (page: Page): Locator =>
  page.getByRole('heading', { level: 1, name: 'One sign-in.' });
