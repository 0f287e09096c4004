import { randomUUID } from 'node:crypto';
import type { User } from '@obo/local-tenant';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { eventsOf } from '../chain/calendar-events.ts';
import type { Chain } from '../chain/chain.ts';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { dayOfJune } from './leave-days.ts';
import { administrator, amara, lukasz, priya, SignInPages } from './sign-in-pages.ts';

// What the middle tier keeps for a user stays for the later tests of the file, so each of them has users of its own.
test.use({ calendar: true });

/** Lists what is in a user's calendar, as Graph tells. */
async function calendarOf(chain: Chain, { userPrincipalName }: User): Promise<string[]> {
  return (await eventsOf(chain, userPrincipalName)).map(({ subject, start, end, showAs }) =>
    [subject, start.dateTime.slice(0, 10), end.dateTime.slice(0, 10), showAs].join(' '),
  );
}

/** Fills in the form, ticks the box, and sends it. */
async function requestLeaveWithCalendar(page: Page, lastDay: string): Promise<void> {
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(lastDay);
  await page.getByLabel('Note').fill('A long walk');
  await page.getByRole('checkbox', { name: 'Add it to my calendar when approved' }).check();
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('alert')).toContainText('One more permission is needed');
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click();
}

/** A step-up is required to approve eleven working days. */
const [short, long] = [dayOfJune(1), dayOfJune(14)];
const calendarPermission = /Have full access to your calendars/;
const asked = (page: Page) => page.locator('.permissions li');
const requests = (page: Page) => page.getByRole('region', { name: 'Leave' }).getByRole('listitem');
const running = (page: Page) => page.getByRole('main').getByRole('listitem');
const openWhileYouAreAway = (page: Page) => page.getByRole('link', { name: 'While away' }).click();

test('leave that is approved after the requester signed out is in their calendar, until they cancel it', async ({
  page,
  signIn,
  chain,
  anotherBrowser,
}) => {
  chain.tenant.lifetimes.accessToken = 120;
  const calendar = () => calendarOf(chain, priya);

  await signIn.complete(priya.mail, '/leave/new');
  await requestLeaveWithCalendar(page, long);
  await expect(asked(page)).toHaveText([calendarPermission]);
  await signIn.accept();
  await expect(
    page.getByRole('status').getByText('adds it to your calendar once it is approved.'),
  ).toBeVisible();
  await expect(requests(page)).toHaveText(/Pending/);
  await openWhileYouAreAway(page);
  await expect(running(page)).toContainText('1 leave request');
  expect(await calendar()).toEqual([]);
  await signIn.signOut();

  const manager = new SignInPages(await anotherBrowser());
  await manager.complete(amara.mail, '/team');
  await manager.page.getByRole('button', { name: /^Approve leave/ }).click();
  await manager.page.getByRole('button', { name: 'Verify your identity' }).click();
  await manager.enterCode();
  await expect(manager.page.getByRole('status').getByText('Leave of Priya Raman approved')).toBeVisible();
  await expect.poll(calendar, { timeout: 30_000 }).toEqual([`Leave ${dayOfJune(0)} ${dayOfJune(15)} oof`]);

  await signIn.start(priya.mail);
  await requests(page)
    .getByRole('button', { name: /^Cancel leave/ })
    .click();
  await page.getByRole('button', { name: 'Cancel the leave' }).click();
  await expect(page.getByText('You have not requested any leave.')).toBeVisible();
  await expect.poll(calendar, { timeout: 30_000 }).toEqual([]);
});

test('without the permission, the leave is requested all the same, and the page says why there is no calendar', async ({
  page,
  signIn,
}) => {
  await signIn.complete(administrator.mail, '/leave/new');
  await requestLeaveWithCalendar(page, short);
  await expect(signIn.consent).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel('Note'), 'the Back button leads to the form as it was').toHaveValue(
    'A long walk',
  );
  await expect(page.getByRole('checkbox')).toBeChecked();

  await page.getByRole('button', { name: 'Send request' }).click();
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click();
  await signIn.decline();
  await expect(page.getByRole('status').getByText('You did not give the permission')).toBeVisible();
  await expect(requests(page)).toHaveText(/A long walk/);
  await openWhileYouAreAway(page);
  await expect(page.getByText(/^Nothing runs for you/)).toBeVisible();
});

test('what waits for a withdrawn permission continues once the user gives it again, until they stop it', async ({
  page,
  signIn,
  chain,
}) => {
  const calendar = () => calendarOf(chain, lukasz);
  await signIn.complete(lukasz.mail, '/leave/new');
  await requestLeaveWithCalendar(page, short);
  await signIn.accept();
  await expect(
    page.getByRole('status').getByText('adds it to your calendar once it is approved.'),
  ).toBeVisible();

  await withdrawConsentToCalendar(chain);
  await approveOnlyRequest(chain);
  await expect(async () => {
    await page.goto('/');
    await expect(page.getByText('Your calendar waits for you')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  expect(await calendar()).toEqual([]);
  await page.getByRole('link', { name: 'See what to do' }).click();
  await expect(running(page)).toContainText('It waits for your permission');
  expect(await accessibilityViolations(page), 'a session that waits').toEqual([]);

  await page.getByRole('button', { name: 'Give consent again' }).press('Enter');
  await expect(asked(page)).toHaveText([calendarPermission]);
  await signIn.accept();
  await expect(page.getByRole('status').getByText('The app continues.')).toBeVisible();
  await expect.poll(calendar, { timeout: 30_000 }).toEqual([`Leave ${dayOfJune(0)} ${dayOfJune(2)} oof`]);

  await page.getByRole('button', { name: 'Stop' }).press('Enter');
  await expect(page.getByText(/^Nothing runs for you/)).toBeVisible();
  expect(await accessibilityViolations(page), 'nothing runs').toEqual([]);
});

/** Withdraws everyone's consent to the middle tier's use of their calendar. */
async function withdrawConsentToCalendar(chain: Chain): Promise<void> {
  const { origin } = new URL(chain.tenant.graphBaseUrl);
  const middleTier = chain.environments.middleTierApi.CLIENT_ID;
  const response = await fetch(`${origin}/local-tenant/consents/${middleTier}/Calendars.ReadWrite`, {
    method: 'DELETE',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  expect(response.status, await response.text()).toBe(204);
}

/** Approves the only request that waits for Priya. */
async function approveOnlyRequest(chain: Chain): Promise<void> {
  const headers = {
    Authorization: `Bearer ${await chain.accessTokenOf(priya.userPrincipalName)}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': randomUUID(),
  };
  const team = `${chain.middleTierUrl}/api/team/leave-requests`;
  const listed = z
    .object({ requests: z.tuple([z.object({ id: z.string() })]) })
    .parse(await (await fetch(team, { headers })).json());
  const [{ id }] = listed.requests;
  const approval = await fetch(`${team}/${id}/approval`, { method: 'POST', headers, body: '{}' });
  expect(approval.status).toBe(200);
}
