import { expect, test } from './fixtures.ts';
import { dayOfJune } from './leave-days.ts';
import { amara, lukasz, priya } from './sign-in-pages.ts';

test('requests leave, finds it after a reload, and cancels it', async ({ page, signIn, chain }) => {
  await signIn.complete(lukasz.mail);
  await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Request leave' })).toBeVisible();
  await page.getByLabel('First day').fill(dayOfJune(3));
  await page.getByLabel('Last day').fill(dayOfJune(7));
  await expect(page.getByText('3 days of leave, weekends not counted.')).toBeVisible();
  await page.getByLabel('Note').fill('A long weekend');
  await page.getByRole('button', { name: 'Send request' }).click();

  const leave = page.getByRole('region', { name: 'Leave' });
  const item = leave.getByRole('listitem').filter({ hasText: 'A long weekend' });
  await expect(item).toContainText('awaiting approval by Priya Raman');
  await expect(page.locator('p div'), 'no block is inside a paragraph').toHaveCount(0);
  const stored = await chain.database.use((tables) =>
    tables.selectFrom('leave_request').selectAll().execute(),
  );
  expect(stored).toMatchObject([
    { object_id: lukasz.id, start_date: dayOfJune(3), days: 3, approver_name: 'Priya Raman' },
  ]);

  await page.reload();
  await expect(item).toBeVisible();

  await item.getByRole('button', { name: /^Cancel leave/ }).click();
  await page.getByRole('button', { name: 'Cancel the leave' }).click();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
  await page.reload();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
});

test('leave of a user without a manager is approved at once', async ({ page, signIn }) => {
  await signIn.complete(amara.mail, '/leave/new');
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(0));
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('region', { name: 'Leave' }).getByRole('listitem')).toContainText('Approved');
});

test('a rule of the downstream API is explained at the field that breaks it', async ({ page, signIn }) => {
  await signIn.complete(priya.mail, '/leave/new');
  await page.getByLabel('First day').fill('2020-01-06');
  await page.getByLabel('Last day').fill('2020-01-07');
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByLabel('First day')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(1));
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('region', { name: 'Leave' }).getByRole('listitem')).toBeVisible();
});

test('the dialog to cancel leave holds the focus, and gives it back', async ({ page, signIn }) => {
  await signIn.complete(priya.mail, '/leave/new');
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(0));
  await page.getByRole('button', { name: 'Send request' }).click();
  const cancel = page.getByRole('button', { name: /^Cancel leave/ });
  const dialog = page.getByRole('alertdialog', { name: 'Cancel this leave?' });

  await cancel.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(dialog.getByRole('button', { name: 'Cancel the leave' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(cancel).toBeFocused();

  await cancel.press('Enter');
  await dialog.getByRole('button', { name: 'Cancel the leave' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Requests' })).toBeFocused();
});
