import type { Page } from '@playwright/test';
import type { Chain } from '../chain/chain.ts';
import { expect, test } from './fixtures.ts';
import { dayOfJune } from './leave-days.ts';
import { amara, lukasz, priya, SignInPages } from './sign-in-pages.ts';

/** Requests leave as Priya, whose manager is Amara, in a browser of her own. */
async function requestLeave(page: Page, lastDay: string, note: string): Promise<void> {
  await new SignInPages(page).complete(priya.mail, '/leave/new');
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(lastDay);
  await page.getByLabel('Note').fill(note);
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByText(/^Leave requested/)).toBeVisible();
}

const requestsOf = (page: Page) => page.getByRole('region', { name: 'Leave' }).getByRole('listitem');
const waiting = (page: Page) => page.getByRole('main').getByRole('listitem');
const decide = (page: Page, verdict: 'Approve' | 'Reject') =>
  waiting(page)
    .getByRole('button', { name: new RegExp(`^${verdict} leave`) })
    .click();
const decisions = (chain: Chain) =>
  chain.database.use((tables) =>
    tables.selectFrom('leave_request').select(['decision', 'decision_note']).execute(),
  );

/** The step-up is required from eleven working days on. */
const [short, long] = [dayOfJune(1), dayOfJune(14)];

test('a manager approves with the keyboard, and the requester sees the outcome', async ({
  page,
  signIn,
  anotherBrowser,
}) => {
  const hers = await anotherBrowser();
  await requestLeave(hers, short, 'A walk');

  await signIn.complete(amara.mail);
  await page.getByRole('navigation').getByRole('link', { name: 'Team' }).click();
  const item = waiting(page);
  await expect(item.getByRole('heading', { name: 'Priya Raman' })).toBeVisible();
  await expect(item).toContainText('A walk');
  await item.getByLabel('Note to Priya Raman').press('Tab');
  const approve = item.getByRole('button', { name: /^Approve leave of Priya Raman/ });
  await expect(approve).toBeFocused();
  await item.getByLabel('Note to Priya Raman').fill('Enjoy it');
  await approve.press('Enter');
  await expect(page.getByRole('status').getByText(/^Leave of Priya Raman approved/)).toBeVisible();
  await expect(page.getByText('No leave requests wait for you.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Leave that waits for you' })).toBeFocused();

  await hers.reload();
  await expect(requestsOf(hers)).toContainText('Approved');
  await expect(requestsOf(hers)).toContainText('approved by Amara Okafor');
  await expect(requestsOf(hers)).toContainText('Amara Okafor: Enjoy it');
});

test('a rejected request shows who rejected it and why, and gives the days back', async ({
  page,
  signIn,
  anotherBrowser,
}) => {
  const hers = await anotherBrowser();
  await requestLeave(hers, short, 'A walk');
  await signIn.complete(amara.mail, '/team');
  await waiting(page).getByLabel('Note to Priya Raman').fill('Release week');
  await decide(page, 'Reject');
  await expect(page.getByRole('status').getByText(/^Leave of Priya Raman rejected/)).toBeVisible();

  await hers.reload();
  await expect(requestsOf(hers)).toContainText('Rejected');
  await expect(requestsOf(hers)).toContainText('Amara Okafor: Release week');
  await expect(requestsOf(hers).getByRole('button')).toHaveCount(0);
});

test('a user for whom no request waits sees an empty team', async ({ page, signIn }) => {
  await signIn.complete(lukasz.mail, '/team');
  await expect(page.getByText('No leave requests wait for you.')).toBeVisible();
});

test('more than ten days are approved once, after a one-time code, with the note as it was', async ({
  page,
  signIn,
  chain,
  anotherBrowser,
}) => {
  await requestLeave(await anotherBrowser(), long, 'A long walk');
  await signIn.complete(amara.mail, '/team');
  await waiting(page).getByLabel('Note to Priya Raman').fill('Send a postcard');
  await decide(page, 'Approve');
  await expect(page.getByRole('alert')).toContainText('Verify your identity');
  expect(await decisions(chain)).toEqual([{ decision: null, decision_note: null }]);
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await signIn.enterCode('000000x');
  await expect(page.getByRole('alert')).toContainText('AADSTS500121');
  await signIn.enterCode();

  await expect(page.getByRole('status').getByText(/^Leave of Priya Raman approved/)).toBeVisible();
  expect(await decisions(chain)).toEqual([{ decision: 'approved', decision_note: 'Send a postcard' }]);
});

for (const { leaves, leave, told } of [
  {
    leaves: 'cancels',
    leave: (page: Page) => page.getByRole('button', { name: 'Cancel' }).click(),
    told: 'You canceled',
  },
  { leaves: 'leaves with the Back button', leave: (page: Page) => page.goBack(), told: null },
]) {
  test(`a step-up that the user ${leaves} decides nothing and keeps the note, and a later one decides once`, async ({
    page,
    signIn,
    chain,
    anotherBrowser,
  }) => {
    await requestLeave(await anotherBrowser(), long, 'A long walk');
    await signIn.complete(amara.mail, '/team');
    const note = waiting(page).getByLabel('Note to Priya Raman');
    await note.fill('Kept');
    await decide(page, 'Approve');
    await page.getByRole('button', { name: 'Verify your identity' }).click();
    await expect(page.getByRole('heading', { name: 'Enter code' })).toBeVisible();
    await leave(page);
    await expect(note).toHaveValue('Kept');
    if (told) await expect(page.getByRole('alert')).toContainText(told);
    else await expect(page.getByRole('alert')).toHaveCount(0);
    expect(await decisions(chain)).toEqual([{ decision: null, decision_note: null }]);

    await decide(page, 'Approve');
    await page.getByRole('button', { name: 'Verify your identity' }).click();
    await signIn.enterCode();
    await expect(page.getByRole('status').getByText(/^Leave of Priya Raman approved/)).toBeVisible();
    expect(await decisions(chain)).toEqual([{ decision: 'approved', decision_note: 'Kept' }]);
  });
}

test('of two tabs that are challenged at once one approves, and the other is told', async ({
  page,
  signIn,
  chain,
  anotherBrowser,
}) => {
  await requestLeave(await anotherBrowser(), long, 'A long walk');
  await signIn.complete(amara.mail, '/team');
  const second = await page.context().newPage();
  await second.goto('/team');
  for (const tab of [page, second]) {
    // A new tab has no user yet; the identity provider's session signs them in without a page.
    const signInHere = tab.getByRole('button', { name: 'Sign in', exact: true });
    await expect(waiting(tab).getByRole('heading').or(signInHere)).toBeVisible();
    if (await signInHere.isVisible()) await signInHere.click();
    await decide(tab, 'Approve');
    await expect(tab.getByRole('alert')).toContainText('Verify your identity');
  }
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await signIn.enterCode();
  await expect(page.getByRole('status').getByText(/^Leave of Priya Raman approved/)).toBeVisible();
  await second.getByRole('button', { name: 'Verify your identity' }).click();
  await expect(second.getByRole('main')).toContainText(/no longer waits for you|already decided/);
  expect(await decisions(chain)).toEqual([{ decision: 'approved', decision_note: null }]);
});

test('a step-up as another user decides nothing', async ({ page, signIn, chain, anotherBrowser }) => {
  await requestLeave(await anotherBrowser(), long, 'A long walk');
  await signIn.complete(amara.mail, '/team');
  await decide(page, 'Approve');
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await page.getByRole('button', { name: 'Use another account' }).click();
  await signIn.enter(lukasz.mail);
  await signIn.enterCode();
  await signIn.accept();
  await expect(page.getByText('No leave requests wait for you.')).toBeVisible();
  expect(await decisions(chain)).toEqual([{ decision: null, decision_note: null }]);
});
