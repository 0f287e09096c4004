import type { Locator, Page } from '@playwright/test';

/** What a visitor sees who is not signed in, and who has signed out. */
export const landingPage = (page: Page): Locator =>
  page.getByRole('heading', { level: 1, name: 'One sign-in.' });
