import { randomUUID } from 'node:crypto';
import { azureCliAppId } from '@obo/local-tenant';
import type { Page } from '@playwright/test';
import type { Chain } from '../chain/chain.ts';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { dayOfJune } from './leave-days.ts';
import { lukasz, priya, SignInPages } from './sign-in-pages.ts';

/** Requests leave as Łukasz, whose manager is Priya: so much that approving it requires a step-up. */
async function requestLeaveOfPriyasTeam(chain: Chain): Promise<void> {
  const response = await fetch(`${chain.middleTierUrl}/api/leave-requests`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await chain.accessTokenOf(lukasz.userPrincipalName)}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify({ startDate: dayOfJune(0), endDate: dayOfJune(14), note: 'A long walk' }),
  });
  expect(response.status).toBe(201);
}

/** Tries to approve the only request on the Team page, and waits for the challenge. */
async function challengeApproval(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Approve leave/ }).click();
  await expect(page.getByRole('button', { name: 'Verify your identity' })).toBeVisible();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible in ${colorScheme}`, async ({ page, signIn, chain }) => {
    await requestLeaveOfPriyasTeam(chain);
    await page.emulateMedia({ colorScheme });
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect(await accessibilityViolations(page), 'landing page').toEqual([]);

    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
    expect(await accessibilityViolations(page), 'sign-in page').toEqual([]);
    await signIn.enter(priya.mail);
    await expect(signIn.consent).toBeVisible();
    expect(await accessibilityViolations(page), 'consent page').toEqual([]);
    await signIn.accept();

    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
    expect(await accessibilityViolations(page), 'overview').toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
    await expect(page.getByRole('button', { name: 'Send request' })).toBeVisible();
    expect(await accessibilityViolations(page), 'request leave').toEqual([]);
    await page.getByRole('link', { name: 'Team' }).click();
    await challengeApproval(page);
    expect(await accessibilityViolations(page), 'team').toEqual([]);
    await page.goto('/how-it-works');
    await expect(page.getByRole('heading', { level: 1, name: 'How it works' })).toBeVisible();
    expect(await accessibilityViolations(page), 'how it works').toEqual([]);
    await page.goto('/nothing-here');
    await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
    expect(await accessibilityViolations(page), 'not found').toEqual([]);
    await page.goto('/redirect.html?error=access_denied&error_description=AADSTS50020&admin_consent=True');
    await expect(page.getByRole('heading', { level: 1, name: 'Consent was rejected' })).toBeVisible();
    expect(await accessibilityViolations(page), 'return from admin consent').toEqual([]);
  });
}

test('the pages for signing in on a device are accessible, and work with the keyboard', async ({
  page,
  chain,
}) => {
  const { origin } = new URL(chain.tenant.graphBaseUrl);
  const response = await page.request.post(`${origin}/organizations/oauth2/v2.0/devicecode`, {
    form: { client_id: azureCliAppId, scope: 'https://graph.microsoft.com/User.Read' },
  });
  const { user_code } = await response.json();
  await page.goto(`${origin}/devicelogin`);
  await page.getByLabel('Code').fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('That code didn’t work');
  expect(await accessibilityViolations(page), 'wrong code').toEqual([]);
  await page.getByLabel('Code').fill(user_code);
  await page.keyboard.press('Enter');
  await new SignInPages(page).enter(priya.mail);
  await expect(page.getByRole('heading', { name: /Are you trying to sign in/ })).toBeVisible();
  expect(await accessibilityViolations(page), 'confirmation').toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).press('Enter');
  await expect(page.getByRole('heading', { name: /You have signed in/ })).toBeVisible();
  expect(await accessibilityViolations(page), 'signed in').toEqual([]);
});

for (const width of [390, 320]) {
  test(`nothing is cut off at ${width} pixels`, async ({ page, signIn, chain }) => {
    await requestLeaveOfPriyasTeam(chain);
    await page.setViewportSize({ width, height: 800 });
    const fits = async () =>
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    await fits();
    await signIn.complete(priya.mail);
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
    await fits();
    await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
    await expect(page.getByRole('button', { name: 'Send request' })).toBeVisible();
    await fits();
    await page.getByRole('link', { name: 'Team' }).click();
    await challengeApproval(page);
    await fits();
    await page.getByRole('link', { name: 'How it works' }).click();
    await expect(page.getByRole('table')).toBeVisible();
    await fits();
  });
}
