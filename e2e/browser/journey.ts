import { randomUUID } from 'node:crypto';
import { expect, type Locator, type Page } from '@playwright/test';
import { dayOfJune } from './leave-days.ts';

/** A user of the SPA, in whichever tenant. */
export interface Visitor {
  /**
   * Signs in from the SPA's landing page, and consents if asked.
   *
   * @param arrived What is visible once the SPA is back.
   */
  signIn(arrived: Locator): Promise<void>;
  signOut(): Promise<void>;
}

/** Does everything that a user does with the app, in any tenant: nothing in it depends on the user. */
export async function takeJourney(page: Page, visitor: Visitor): Promise<void> {
  await visitor.signIn(page.getByRole('heading', { level: 1, name: 'Overview' }));

  const profile = page.getByRole('region', { name: 'Profile' });
  const leave = page.getByRole('region', { name: 'Leave' });
  await expect(profile.getByText('Manager', { exact: true })).toBeVisible();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();

  const note = `Journey ${randomUUID()}`;
  await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(1));
  await page.getByLabel('Note').fill(note);
  await page.getByRole('button', { name: 'Send request' }).click();
  const item = leave.getByRole('listitem').filter({ hasText: note });
  await expect(item).toBeVisible();
  await page.reload();
  await expect(item).toBeVisible();

  await item.getByRole('button', { name: /^Cancel leave/ }).click();
  await page.getByRole('button', { name: 'Cancel the leave' }).click();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
  await visitor.signOut();
}
