import { AxeBuilder } from '@axe-core/playwright';
import { azureCliAppId } from '@obo/local-tenant';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible in ${colorScheme}`, async ({ page, signIn }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect(await violations(page), 'landing page').toEqual([]);

    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
    expect(await violations(page), 'sign-in page').toEqual([]);
    await signIn.enter(priya.mail);
    await expect(signIn.consent).toBeVisible();
    expect(await violations(page), 'consent page').toEqual([]);
    await signIn.accept();

    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
    expect(await violations(page), 'overview').toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
    await expect(page.getByRole('button', { name: 'Send request' })).toBeVisible();
    expect(await violations(page), 'request leave').toEqual([]);
    await page.goto('/how-it-works');
    await expect(page.getByRole('heading', { level: 1, name: 'How it works' })).toBeVisible();
    expect(await violations(page), 'how it works').toEqual([]);
    await page.goto('/nothing-here');
    await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
    expect(await violations(page), 'not found').toEqual([]);
    await page.goto('/redirect.html?error=access_denied&error_description=AADSTS50020&admin_consent=True');
    await expect(page.getByRole('heading', { level: 1, name: 'Consent was rejected' })).toBeVisible();
    expect(await violations(page), 'return from admin consent').toEqual([]);
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
  expect(await violations(page), 'wrong code').toEqual([]);
  await page.getByLabel('Code').fill(user_code);
  await page.keyboard.press('Enter');
  await new SignInPages(page).enter(priya.mail);
  await expect(page.getByRole('heading', { name: /Are you trying to sign in/ })).toBeVisible();
  expect(await violations(page), 'confirmation').toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).press('Enter');
  await expect(page.getByRole('heading', { name: /You have signed in/ })).toBeVisible();
  expect(await violations(page), 'signed in').toEqual([]);
});

for (const width of [390, 320]) {
  test(`nothing is cut off at ${width} pixels`, async ({ page, signIn }) => {
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
    await page.getByRole('link', { name: 'How it works' }).click();
    await expect(page.getByRole('table')).toBeVisible();
    await fits();
  });
}
